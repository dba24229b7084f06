"""The names of the months and days of the week by which birthdays are written, in full and abbreviated.

They are those of the Unicode CLDR in Czech, Danish, Dutch, English, Finnish, French, German, Greek, Hungarian, Italian, Norwegian, Polish,
Portuguese, Romanian, Russian, Slovak, Spanish, Swedish, Turkish and Ukrainian, with a few that people write besides; a name that is another
month in some other language (listopad: October in Croatian, November in Czech and Polish) is left out. Written without accents, as
`fold_month` leaves them.
"""

import unicodedata

# Letters with a stroke, or without a dot, that no decomposition takes apart.
_BARE = str.maketrans("łı", "li")

_NAMES = (
    "ene enero gen gennaio ian ianuarie jan janeiro janner januar januara januari january janv janvier led leden ledna oca ocak "
    "sty styczen stycznia tammi tammikuu tammikuuta ιαν ιανουαριοσ ιανουαριου січ січень січня янв январь января",
    "feb febbraio febr febrero februar februara februari februarie february fev fevereiro fevr fevrier helmi helmikuu helmikuuta "
    "lut lutego luty sub subat uno unor unora φεβ φεβρουαριοσ φεβρουαριου лют лютии лютого февр февраль февраля",
    "bre brezen brezna maalis maaliskuu maaliskuuta maart maerz mar marc marca march marcius marco marec mars mart martie marts "
    "marz marzec marzo mrt mrz μαρ μαρτιοσ μαρτιου бер березень березня мар март марта",
    "abr abril apr april aprila aprile aprilie aprilis avr avril dub duben dubna huhti huhtikuu huhtikuuta kwi kwiecien kwietnia "
    "nis nisan απρ απριλιοσ απριλιου апр апрель апреля квіт квітень квітня",
    "kve kveten kvetna mag maggio mai maio maj maja majus may mayis mayo mei touko toukokuu toukokuuta μαι μαιοσ μαιου маи мая "
    "трав травень травня",
    "cerven cervna cvn cze czerwca czerwiec giu giugno haz haziran iun iunie juin jun juna june junho juni junio junius kesa "
    "kesakuu kesakuuta ιουν ιουνιοσ ιουνιου июн июнь июня черв червень червня",
    "cervence cervenec cvc heina heinakuu heinakuuta iul iulie juil juillet jul jula julho juli julio julius july lipca lipiec lug "
    "luglio tem temmuz ιουλ ιουλιοσ ιουλιου июл июль июля лип липень липня",
    "ago agosto agu agustos aou aout aug august augusta augusti augustus augusztus elo elokuu elokuuta sie sierpien sierpnia srpen "
    "srpna αυγ αυγουστοσ αυγουστου авг август августа серп серпень серпня",
    "eyl eylul sep sept september septembra septembre septembrie septiembre set setembro setiembre settembre syys syyskuu "
    "syyskuuta szept szeptember wrz wrzesien wrzesnia zar zari σεπ σεπτεμβριοσ σεπτεμβριου вер вересень вересня сент сентябрь "
    "сентября",
    "eki ekim loka lokakuu lokakuuta oct october octobre octombrie octubre okt oktober oktobra ott ottobre out outubro paz "
    "pazdziernik pazdziernika rij rijen rijna οκτ οκτωβριοσ οκτωβριου жовт жовтень жовтня окт октябрь октября",
    "kas kasim listopadu marras marraskuu marraskuuta noiembrie nov november novembra novembre novembro noviembre νοε νοεμβριοσ "
    "νοεμβριου лист листопад листопада нояб ноябрь ноября",
    "ara aralik dec december decembra decembre decembrie des desember dez dezember dezembro dic dicembre diciembre gru grudnia "
    "grudzien joulu joulukuu joulukuuta pro prosince prosinec δεκ δεκεμβριοσ δεκεμβριου груд грудень грудня дек декабрь декабря",
)


def fold_month(name: str) -> str:
    """The name without case and accents."""
    bare = "".join(char for char in unicodedata.normalize("NFKD", name.casefold()) if not unicodedata.combining(char))
    return bare.translate(_BARE)


MONTHS: dict[str, int] = {name: number for number, names in enumerate(_NAMES, start=1) for name in names.split()}

# The days of the week in the same languages, but for those that are called as a month is in one of them.
_DAYS = (
    "car carsamba cmt cs csutortok ct ctvrtek cum cuma cumartesi czw czwartek di dienstag dim dimanche dinsdag do dom domenica "
    "domingo donderdag donnerstag dum duminica fr fre fredag freitag fri friday gio giovedi hetfo jeu jeudi joi jue jueves ke kedd "
    "keskiviikko keskiviikkona la lauantai lauantaina lor lordag lun lundi lunedi lunes luni lør lørdag ma maanantai maanantaina "
    "maandag man mandag mardi martedi martes marti mer mercoledi mercredi mi mie miercoles miercuri mittwoch mo mon monday montag ne "
    "nedela nedele niedz niedziela ons onsdag pa patek pazar pazartesi pe pentek per perjantai perjantaina persembe pi piatek piatok "
    "po pon pondeli pondelok poniedzialek pt pzt qua quarta qui quinta sa sab sabado sabato sal sali sam sambata samedi samstag sat "
    "saturday seg segunda sex sexta so sob sobota son sondag sonntag sr sroda st streda stvrtok su sun sunday sunnuntai sunnuntaina "
    "sze szerda szo szombat søn søndag ter terca thu thursday ti tiistai tiistaina tir tirs tirsdag tis tisdag to tor tors torsdag "
    "torstai torstaina tue tuesday ut utery utorok vasarnap ven vendredi venerdi vie viernes vin vineri vr vrijdag wed wednesday wo "
    "woensdag wt wtorek za zaterdag zo zondag δευ δευτερα κυρ κυριακη παρ παρασκευη πεμ πεμπτη σαβ σαββατο τετ τεταρτη τρι τριτη "
    "воскресенье вс вт вторник вівторок нд неділя пʼятниця пн понедельник понеділок пт пятница сб середа ср среда суббота субота "
    "четвер четверг чт"
)
WEEKDAYS = frozenset(_DAYS.split())
