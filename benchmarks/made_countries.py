"""What made contacts are made of: countries with the names, places and telephone numbers that go together there.

A telephone number is a calling code and a national number that is valid there. In a pattern a run of `#` stands for any digits.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Country:
    """`national` has one pattern for each kind of number, `groups` the lengths of the groups that it is written in."""

    code: str
    spellings: tuple[str, ...]
    calling_code: str
    trunk_prefix: str
    national: tuple[str, ...]
    groups: tuple[int, ...]
    postal_code: str
    cities: tuple[str, ...]
    first_names: tuple[str, ...]
    last_names: tuple[str, ...]
    providers: tuple[str, ...]


COUNTRIES = (
    Country(
        "US",
        ("United States", "USA", "US", "United States of America", "U.S.A."),
        "1",
        "",
        ("21255#####", "41555#####", "31255#####", "20255#####", "51255#####"),
        (3, 3, 4),
        "#####",
        ("New York", "San Francisco", "Chicago", "Austin", "Boston", "Portland", "St. Louis"),
        ("Grace", "Marcus", "Olivia", "Dwayne", "Heather", "Luis", "Mary-Jane", "James", "Linda", "Robert", "Ashley", "Tyler"),
        ("Miller", "Johnson", "Nguyen", "O'Brien", "Washington", "Van Buren", "Hill", "Rodriguez", "Smith", "McDonald", "Lee", "Clark"),
        ("gmail.com", "yahoo.com", "outlook.com", "icloud.com", "aol.com"),
    ),
    Country(
        "GB",
        ("United Kingdom", "UK", "GB", "Great Britain", "England"),
        "44",
        "0",
        ("74001#####", "20794#####", "1214######", "79111#####"),
        (4, 3, 3),
        "SW## 4AA",
        ("London", "Birmingham", "Leeds", "Newcastle upon Tyne", "Bristol", "York"),
        ("Oliver", "Amelia", "Harry", "Isla", "Charlotte", "Rhys", "Siobhan", "Callum", "Poppy", "Nigel"),
        ("Taylor", "Davies", "Evans", "Wilson", "O'Connor", "Clarke", "Patel", "Wright", "Walker", "Hughes"),
        ("gmail.com", "hotmail.co.uk", "btinternet.com", "outlook.com", "yahoo.co.uk"),
    ),
    Country(
        "FR",
        ("France", "FR", "FRANCE", "Frankreich"),
        "33",
        "0",
        ("612######", "1423#####", "478######", "755######"),
        (1, 2, 2, 2, 2),
        "75###",
        ("Paris", "Lyon", "Saint-Étienne", "Nîmes", "Bordeaux", "L'Haÿ-les-Roses"),
        ("Zoé", "Amélie", "François", "Benoît", "Chloé", "Jean-Luc", "Élodie", "Mathieu", "Hélène", "Loïc"),
        ("Martin", "Lefèvre", "Dubois", "Garnier", "Bélanger", "Moreau", "D'Angelo", "Petit", "Rousseau", "Chevalier"),
        ("gmail.com", "orange.fr", "free.fr", "wanadoo.fr", "laposte.net"),
    ),
    Country(
        "DE",
        ("Germany", "Deutschland", "DE", "BRD"),
        "49",
        "0",
        ("1512#######", "30123###", "89321####", "1761#######"),
        (3, 4, 4),
        "1####",
        ("Berlin", "München", "Köln", "Frankfurt am Main", "Düsseldorf", "Görlitz"),
        ("Jürgen", "Anja", "Sören", "Käthe", "Lukas", "Hannah", "Björn", "Uwe", "Leonie", "Maximilian"),
        ("Müller", "Schäfer", "von der Leyen", "Groß", "Weiß", "Schröder", "Becker", "Köhler", "Hoffmann", "Krüger"),
        ("gmx.de", "web.de", "t-online.de", "gmail.com", "posteo.de"),
    ),
    Country(
        "ES",
        ("Spain", "España", "ES", "Espagne"),
        "34",
        "",
        ("612######", "910######", "678######"),
        (3, 2, 2, 2),
        "28###",
        ("Madrid", "Málaga", "A Coruña", "Sevilla", "San Sebastián"),
        ("José", "María", "Íñigo", "Lucía", "Andrés", "Begoña", "Sofía", "Álvaro", "Núria", "Martín"),
        ("García", "Fernández", "Muñoz", "López", "Ibáñez", "Sánchez", "de la Cruz", "Ramírez", "Peña", "Ortega"),
        ("gmail.com", "hotmail.com", "yahoo.es", "telefonica.net", "outlook.es"),
    ),
    Country(
        "NL",
        ("Netherlands", "Nederland", "NL", "The Netherlands", "Holland"),
        "31",
        "0",
        ("612######", "20623####", "101######"),
        (2, 3, 4),
        "10## AB",
        ("Amsterdam", "'s-Hertogenbosch", "Utrecht", "Rotterdam", "Groningen"),
        ("Daan", "Sanne", "Joost", "Femke", "Bram", "Lotte", "Thijs", "Anouk", "Ruben", "Fleur"),
        ("de Vries", "van Dijk", "van den Berg", "Jansen", "Bakker", "Visser", "Smit", "Meijer", "Mulder", "de Boer"),
        ("gmail.com", "kpnmail.nl", "ziggo.nl", "xs4all.nl", "hotmail.nl"),
    ),
    Country(
        "SE",
        ("Sweden", "Sverige", "SE", "Schweden"),
        "46",
        "0",
        ("70123####", "812####", "73456####"),
        (2, 3, 4),
        "11# 42",
        ("Stockholm", "Göteborg", "Malmö", "Västerås", "Örebro"),
        ("Åsa", "Björn", "Elin", "Göran", "Maja", "Nils", "Ebba", "Lars", "Sigrid", "Oskar"),
        ("Svensson", "Lindström", "Åkesson", "Nyström", "Öberg", "Karlsson", "Berglund", "Sjögren", "Holm", "Ek"),
        ("gmail.com", "telia.com", "hotmail.se", "outlook.com", "bredband.net"),
    ),
    Country(
        "PL",
        ("Poland", "Polska", "PL", "Pologne"),
        "48",
        "",
        ("512######", "12345####", "601######"),
        (3, 3, 3),
        "00-###",
        ("Warszawa", "Kraków", "Łódź", "Wrocław", "Gdańsk"),
        ("Łukasz", "Zofia", "Małgorzata", "Paweł", "Jędrzej", "Agnieszka", "Kacper", "Bożena", "Wojciech", "Ewa"),
        ("Nowak", "Wiśniewski", "Wójcik", "Dąbrowska", "Zając", "Król", "Piątek", "Lewandowska", "Szymański", "Kowalczyk"),
        ("gmail.com", "wp.pl", "onet.pl", "interia.pl", "o2.pl"),
    ),
    Country(
        "BR",
        ("Brazil", "Brasil", "BR", "Brésil"),
        "55",
        "0",
        ("1196######0", "112345####", "2198######1"),
        (2, 5, 4),
        "01###-000",
        ("São Paulo", "Brasília", "Florianópolis", "Rio de Janeiro", "Belém"),
        ("João", "Conceição", "Thiago", "Letícia", "Antônio", "Luíza", "Caio", "Beatriz", "Otávio", "Iara"),
        ("da Silva", "Gonçalves", "dos Santos", "Araújo", "Magalhães", "Pereira", "Costa", "Lima", "Simões", "Rocha"),
        ("gmail.com", "uol.com.br", "bol.com.br", "hotmail.com", "terra.com.br"),
    ),
    Country(
        "IN",
        ("India", "IN", "Bharat", "Inde"),
        "91",
        "0",
        ("98123#####", "81234#####", "90040#####"),
        (5, 5),
        "560###",
        ("Mumbai", "Bengaluru", "New Delhi", "Chennai", "Pune"),
        ("Priya", "Arjun", "Lakshmi", "Rohan", "Ananya", "Vikram", "Sneha", "Imran", "Kavya", "Sanjay"),
        ("Sharma", "Iyer", "Khan", "Reddy", "Mukherjee", "Gupta", "D'Souza", "Singh", "Nair", "Joshi"),
        ("gmail.com", "rediffmail.com", "yahoo.co.in", "outlook.com", "hotmail.com"),
    ),
)
# Of each twelve people.
COUNTRY_WEIGHTS = (3, 1, 1, 1, 1, 1, 1, 1, 1, 1)

COMPANY_FIRST = (
    "Blue", "North", "Silver", "Red", "Golden", "Bright", "Green", "Iron", "Grand", "First", "Clear", "High", "Old", "New", "Swift",
    "Stone", "Alpen", "Côte", "Río", "Nord", "Sankt", "Bel", "Sol", "Terra",
)  # fmt: skip
COMPANY_SECOND = (
    "Harbor", "River", "Field", "Bridge", "Point", "Tower", "Garden", "Valley", "Lake", "Forest", "Rock", "Mill", "Gate", "Ridge", "Meadow",
    "Wind", "Cloud", "Light", "Port", "Craft",
)  # fmt: skip
COMPANY_KINDS = (
    "Foods", "Logistics", "Design", "Labs", "Travel", "Books", "Energy", "& Sons", "GmbH", "S.A.", "Ltd", "Inc.", ", Inc.", "& Co., Ltd",
    "B.V.", "Café", "AB", "Ltda",
)  # fmt: skip
JOB_TITLES = (
    "Buyer", "Head of Sales", "Office Manager", "Engineer", "Accountant", "Founder", "Architect", "Nurse", "Teacher", "CEO", "CTO",
    "Director, Marketing", "Sales Representative", "Project Manager", "Consultant", "Entwickler", "Chargée de clientèle", "Designer",
    "VP, Operations", "Analyst",
)  # fmt: skip
NOTES = (
    "Met at the fair", "Wants a call back, after 5 pm", "Prefers e-mail", 'Asked for "the blue one"', "Customer since 2019",
    "Moved from Zürich, see old file", "Do not call on Mondays", "Réunion prévue, à confirmer", "Referred by a friend", "Newsletter",
    "Invoice open; reminded twice", "VIP",
)  # fmt: skip
