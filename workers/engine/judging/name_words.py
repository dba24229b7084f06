"""Words that stand in a name without being one: what surrounds it, what joins it, and what says that nobody's name is meant."""

# The Latin letters of the world's names (Latin-1 to Latin Extended-B, Latin Extended Additional), and what may stand inside a word, for a
# character class. What else is a letter has rules of its own.
LETTERS = "A-Za-zÀ-ÖØ-öø-ɏḀ-ỿ"
APOSTROPHES = "'\N{RIGHT SINGLE QUOTATION MARK}"

# Before a name, with or without a point. Titles that are given names too (Don, Pan) are not here.
_TITLES = "dr drs prof professor med mr mrs ms mx miss sir rev herr frau mme mlle madame monsieur sr sra srta dott ing ir mag dhr mevr mw"
TITLES = frozenset(_TITLES.split())
# Behind a name; a generation belongs to it, a degree does not. As they are written.
GENERATIONS = {"jr": "Jr", "sr": "Sr", "ii": "II", "iii": "III", "iv": "IV"}
DEGREES = frozenset(["phd", "md", "dds", "esq", "mba", "msc", "bsc", "ma", "ba", "mag", "cpa", "rn"])

# Before a family name, between two, or between two people. A name in which one stands is doubtful.
_PARTICLES = (
    "van von vom vander de der den het da di do du dos das del della dello degli dei delle la le las los lo zu zum zur af av ter ten "
    "te op el al bin bint ibn ben abu san santa st saint mac mc y e i und et and en oder or of the o a"
)
PARTICLES = frozenset(_PARTICLES.split())
# Written small between one given and one family name, they can only begin the family name.
_SURE_PARTICLES = "van,von,vom,de,da,di,du,dos,das,zu,af,ter,ten,van der,van den,van de,von der,von dem,de la"
SURE_PARTICLES = frozenset(_SURE_PARTICLES.split(","))
# Given names that go on with "de" or "de la" themselves (Maria de Lourdes).
JOINED_GIVEN_NAMES = frozenset(["maria", "maría", "marie"])

# Family names of languages that write them first. With one in front it cannot be told which is the given name (Kim Min-jun, Kim Novak).
_FAMILY_NAMES_FIRST = (
    "nguyen nguyễn tran trần pham phạm le lê hoang phan vu vo dang bui wang li zhang liu chen yang huang zhao wu zhou xu sun zhu lin "
    "guo gao luo zheng liang xie song tang feng deng cao peng zeng xiao tian ma hu he kim park lee choi jung kang cho yoon jang lim "
    "han seo shin kwon hwang ahn sato suzuki takahashi tanaka watanabe ito yamamoto nakamura kobayashi kato yoshida yamada sasaki "
    "nagy kovács tóth szabó horváth varga kiss molnár németh"
)
FAMILY_NAMES_FIRST = frozenset(_FAMILY_NAMES_FIRST.split())

# What a firm, an office or a household is called by.
_ORGANISATIONS = (
    "ltd limited inc incorporated llc llp plc corp corporation co company gmbh mbh ag kg ohg ug ev sa sas sarl srl spa bv nv sl oy ab "
    "as aps ab pty group gruppe groupe grupo holding bank banque banco hotel restaurant cafe café bar club verein association "
    "foundation stiftung fondation institute institut university universität université universidad school schule college academy "
    "museum church kirche hospital klinik clinic praxis pharmacy apotheke office büro bureau team staff sales service services "
    "support info admin administrator department dept desk reception accounts accounting marketing customer client kunde guest user "
    "test studio studios agency agentur shop store market systems solutions software consulting partners international global trust "
    "union city stadt county ministry familie family famille familia eheleute estate unknown anonymous none name mailing list"
)
ORGANISATIONS = frozenset(_ORGANISATIONS.split())
