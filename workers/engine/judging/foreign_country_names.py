"""Names of countries in German, Spanish, Italian, Portuguese, Dutch and Polish and in each country's own languages, by alpha-2 code.

They are those of the Unicode CLDR (release of Babel 2.19), official languages that at least 5 % of the people speak, with some that
people write besides; what `country_names` has in English and French is not repeated. A country with many names has several lines.
"""

FOREIGN_NAMES = """\
AD Andora
AE Emirados Árabes Unidos|Emirati Arabi Uniti|Emiratos Árabes Unidos|VAE|Vereinigte Arabische Emirate|Verenigde Arabische Emiraten
AE Zjednoczone Emiraty Arabskie|الإمارات العربية المتحدة
AF Afeganistão|Afganistán|افغانستان
AG Antigua e Barbuda|Antigua en Barbuda|Antigua i Barbuda|Antigua und Barbuda|Antigua y Barbuda
AI Anguila
AL Albanien|Shqipëri
AM Armenien|Հայաստան
AQ Antarktis|Antarktyda|Antartide|Antártida
AR Argentinien|Argentinië|Argentyna
AS Amerikaans-Samoa|Amerikanisch-Samoa|Samoa Americana|Samoa Americane|Samoa Amerykańskie
AT Oostenrijk|Republik Österreich
AU Australien
AX Alanda|Ilhas Aland|Islas Aland|Isole Åland|Wyspy Alandzkie|Åland|Ålandinseln
AZ Aserbaidschan|Azerbaigian|Azerbaijão|Azerbaiyán|Azerbeidzjan|Azerbejdżan|Azərbaycan|Азәрбајҹан
BA Bosna i Hercegovina|Bosnia ed Erzegovina|Bosnia y Herzegovina|Bosnien und Herzegowina|Bosnië en Herzegovina|Bośnia i Hercegowina
BA Bósnia e Herzegovina|Босна и Херцеговина
BD Bangladeche|Bangladesch|Bangladesz|Bangladés|বাংলাদেশ
BE Belgia|Belgio|Bélgica
BF Burquina Faso
BG Bulgarien|Bulgarije|България
BH Bahrajn|Baréin|Barém|البحرين
BI Uburundi
BJ Benim
BL San Bartolomé|São Bartolomeu
BM Bermudas|Bermudy
BN بروني
BO Bolivien|Boliwia
BQ Caraibi Olandesi|Caribbean Netherlands|Caribe neerlandés|Caribisch Nederland|Karibische Niederlande|Niderlandy Karaibskie
BQ Pays-Bas caribéens|Países Baixos Caribenhos
BR Brasile|Brasilien|Brazilië|Brazylia|República Federativa do Brasil
BS Baamas|Bahama’s|Bahamy
BT Bután|Butão|འབྲུག
BV Bouveteiland|Bouvetinsel|Ilha Bouvet|Isla Bouvet|Isola Bouvet|Wyspa Bouveta
BW Botsuana
BY Białoruś|Bielorrusia|Bielorrússia|Bielorussia|Weißrussland|Беларусь
BZ Belice
CA Kanada
CC Cocos (Keeling) Islands|Cocoseilanden|Ilhas Cocos (Keeling)|Ilhas dos Cocos (Keeling)|Islas Cocos|Isole Cocos (Keeling)|Kokosinseln
CC Wyspy Kokosowe
CD DR Kongo|Demokratische Republik Kongo|Demokratyczna Republika Konga|Kongo-Kinshasa|República Democrática del Congo
CF Centraal-Afrikaanse Republiek|Ködörösêse tî Bêafrîka|Repubblica Centrafricana|Republika Środkowoafrykańska|República Centro-Africana
CF República Centroafricana|République centrafricaine|Zentralafrikanische Republik
CG Kongo|Kongo-Brazzaville|República do Congo
CH Schweizerische Eidgenossenschaft|Schwiiz|Suiza|Suíça|Svizra|Szwajcaria|Zwitserland
CI Costa de Marfil|Costa do Marfim|Costa d’Avorio|Côte d’Ivoire (Costa do Marfim)|Elfenbeinküste|Ivoorkust
CK Cookeilanden|Cookinseln|Ilhas Cook|Islas Cook|Isole Cook|Wyspy Cooka
CL Cile
CM Camarões|Camerún|Kameroen|Kamerun
CN Chiny|Cina|Volksrepublik China|中华人民共和国|中国|中國
CO Kolumbia|Kolumbien
CR Kostaryka
CU Kuba
CV Capo Verde|Kaapverdië|Kapverden|Republika Zielonego Przylądka
CW Curazao|Curaçau|Kòrsou
CX Christmaseiland|Ilha Christmas|Ilha do Natal|Isla de Navidad|Isola Christmas|Weihnachtsinsel|Wyspa Bożego Narodzenia
CY Chipre|Cipro|Cypr|Kıbrıs|Zypern|Κύπρος
CZ Cechia|Chequia|Czechy|Repubblica Ceca|República Checa|Tchéquia|Tschechien|Tschechische Republik|Tsjechië|Česko|Česká republika
DE Alemanha|Alemania|Bundesrepublik Deutschland|Duitsland|Germania|Niemcy
DJ Djibuti|Dschibuti|Dżibuti|Gibuti|Jibuti|Yibuti|جيبوتي
DK Dania|Danimarca|Denemarken|Dinamarca
DM Dominika
DO Dominicaanse Republiek|Dominikana|Dominikanische Republik|Repubblica Dominicana|República Dominicana
DZ Algerien|Algerije|Algieria|Argelia|الجزائر
EC Ekwador|Equador
EE Eesti|Estland
EG Egipt|Egipto|Egito|Egitto|Ägypten|مصر
EH Saara Ocidental|Sahara Occidentale|Sahara Zachodnia|Sara Ocidental|Westelijke Sahara|Westsahara|الصحراء الغربية
ER Eritreia|Erytrea|ኤርትራ
ES Espanha|Hiszpania|Reino de España|Spagna|Spanien|Spanje
ET Etiopía|Äthiopien|ኢትዮጵያ
FI Finlandia|Finnland
FJ Fidschi|Fidżi|Figi|Fiyi
FK Falklandeilanden|Falklandinseln|Falklandy|Ilhas Falkland|Ilhas Malvinas|Islas Malvinas|Isole Falkland
FM Mikronesien|Mikronezja
FO Faeröer|Färöer|Føroyar|Ilhas Faroé|Islas Feroe|Isole Fær Øer|Wyspy Owcze
FR Francia|Francja|Frankreich|Frankrijk|França
GA Gabun|Gabão
GB Anglia|Engeland|Escocia|Gran Bretagna|Gran Bretaña|Groot-Brittannië|Großbritannien|Grã-Bretanha|Inghilterra|Inglaterra|Regno Unito
GB Reino Unido|Schotland|Schottland|Scozia|Vereinigtes Königreich|Vereinigtes Königreich Großbritannien|Verenigd Koninkrijk
GB Wielka Brytania
GD Granada
GE Georgien|Gruzja|საქართველო
GF Frans-Guyana|Französisch-Guayana|Guayana Francesa|Guiana Francesa|Gujana Francuska|Guyana Francese
GH Gana
GI Gibilterra
GL Grenlandia|Groenlandia|Gronelândia|Grönland|Kalaallit Nunaat
GN Guiné|Gwinea
GP Guadalupa|Guadalupe|Gwadelupa
GQ Equatoriaal-Guinea|Guinea Ecuatorial|Guinea Equatoriale|Guiné Equatorial|Gwinea Równikowa|Äquatorialguinea
GR Grecia|Grecja|Griechenland|Griekenland|Ελλάδα
GS Georgia Południowa i Sandwich Południowy|Georgia del Sud e Sandwich Australi|Géorgie du Sud-et-les Îles Sandwich du Sud
GS Ilhas Geórgia do Sul e Sandwich do Sul|Islas Georgia del Sur y Sandwich del Sur|South Georgia & South Sandwich Islands
GS Südgeorgien und die Südlichen Sandwichinseln|Zuid-Georgia en Zuidelijke Sandwicheilanden
GT Gwatemala
GU Guame
GW Guinea-Bisáu|Guiné-Bissau|Gwinea Bissau
GY Guiana|Gujana
HK Hong Kong, RAE da China|Hongkong|Hongkong SAR van China|R.A.S. chinoise de Hong Kong|RAE de Hong Kong (China)|RAS di Hong Kong
HK SRA Hongkong (Chiny)|Sonderverwaltungsregion Hongkong|中国香港特别行政区|中國香港特別行政區|香港
HM Heard en McDonaldeilanden|Heard und McDonaldinseln|Ilhas Heard e McDonald|Islas Heard y McDonald|Isole Heard e McDonald
HM Wyspy Heard i McDonalda|Îles Heard-et-MacDonald
HR Chorwacja|Croacia|Croazia|Kroatien|Kroatië
HU Hongarije|Hungría|Ungarn|Ungheria|Węgry
ID Indonesien|Indonezja
IE Ierland|Irland|Irlanda|Irlandia|Republik Irland
IL Israele|Izrael|ישראל|إسرائيل
IM Ilha de Man|Isla de Man|Isola di Man|Wyspa Man
IN Indie|Indien|भारत
IO Britisches Territorium im Indischen Ozean|Brits Indische Oceaanterritorium|Brytyjskie Terytorium Oceanu Indyjskiego
IO Territoire britannique de l’océan Indien|Territorio Britannico dell’Oceano Indiano|Territorio Británico del Océano Índico
IO Território Britânico do Oceano Índico
IQ Iraque|العراق
IR Irã|Irão|ایران
IS IJsland|Islanda|Islandia
IT Włochy
JM Giamaica|Jamaika|Jamajka
JO Giordania|Jordania|Jordanien|الأردن
JP Giappone|Japonia|Japão|日本|日本国
KE Kenia|Quênia
KG Kirghizstan|Kirgisistan|Kirgistan|Kirgizië|Kirguistán|Quirguistão|Киргизия|Кыргызстан
KH Cambodja|Cambogia|Camboja|Camboya|Kambodscha|Kambodża|កម្ពុជា
KI Quiribati
KM Comoras|Comore|Comoren|Komoren|Komory|جزر القمر
KN Saint Kitts e Nevis|Saint Kitts en Nevis|Saint Kitts i Nevis|San Cristóbal y Nieves|St. Kitts und Nevis|São Cristóvão e Neves
KN São Cristóvão e Névis
KP Corea del Nord|Corea del Norte|Coreia do Norte|Korea Północna|Noord-Korea|Nordkorea|북한
KR Corea|Corea del Sud|Corea del Sur|Coreia do Sul|Korea Południowa|Republik Korea|Südkorea|Zuid-Korea|대한민국|한국
KW Koeweit|Kuwejt|الكويت
KY Ilhas Caimão|Ilhas Cayman|Islas Caimán|Isole Cayman|Kaaimaneilanden|Kaimaninseln|Kajmany
KZ Cazaquistão|Kasachstan|Kazachstan|Kazajistán|Kazakistan|Казахстан|Қазақстан
LA ລາວ
LB Libanon|Líbano|لبنان
LC Santa Lucía
LI Listenstaine|Liächteschtäi
LK Sri Lanca|இலங்கை|ශ්‍රී ලංකාව
LS Lesoto
LT Lietuva|Litauen|Litouwen|Lituania|Lituanie|Litwa
LU Luksemburg|Lussemburgo|Luxemburg|Luxemburgo|Lëtzebuerg
LV Latvija|Letland|Letonia|Lettland|Lettonia|Łotwa
LY Libia|Libië|Libyen|ليبيا
MA Marocco|Marokko|Maroko|Marrocos|Marruecos|Meṛṛuk|المغرب
MC Monako
MD Moldau|Moldavia|Moldawien|Mołdawia|Republica Moldova|Republik Moldau
ME Crna Gora|Czarnogóra
MF San Martín|São Martinho|São Martinho (Saint-Martin)
MG Madagasikara|Madagaskar
MH Ilhas Marshall|Islas Marshall|Isole Marshall|Marshalleilanden|Marshallinseln|Wyspy Marshalla
MK Macedonia Północna|Macedonia del Nord|Macedonia del Norte|Macedônia do Norte|Mazedonien|Noord-Macedonië|Nordmazedonien
MK Северна Македонија
MM Birma|Mianmar (Birmânia)|Mjanma (Birma)|Myanmar (Birma)|Myanmar (Birmania)|Myanmar (Birmanie)|Myanmar (Burma)|မြန်မာ
MN Mongolei|Монгол
MO Macao SAR China|Macau SAR van China|Macau, RAE da China|R.A.S. chinoise de Macao|RAE de Macao (China)|RAS di Macao|SRA Makau (Chiny)
MO Sonderverwaltungsregion Macau|中国澳门特别行政区|中國澳門特別行政區|澳門|澳门
MP Ilhas Marianas do Norte|Islas Marianas del Norte|Isole Marianne Settentrionali|Mariany Północne|Noordelijke Marianen|Nördliche Marianen
MQ Martinica|Martynika
MR Mauretania|Mauretanien|موريتانيا
MS Monserrate
MU Mauricio|Maurícia
MV Maldivas|Maldive|Maldiven|Malediven|Malediwy|ދިވެހި ރާއްޖެ
MW Malaui
MX Meksyk|Messico|Mexiko|Méjico
MY Malasia|Maleisië|Malezja
MZ Mosambik|Mozambico|Mozambik|Moçambique
NC Neukaledonien|Nieuw-Caledonië|Nova Caledônia|Nowa Kaledonia|Nueva Caledonia|Nuova Caledonia
NF Ilha Norfolk|Isla Norfolk|Isola Norfolk|Norfolk|Norfolkinsel
NG Nàìjíríà
NI Nikaragua
NL Holanda|Holandia|Olanda|Paesi Bassi|Países Baixos|Países Bajos
NO Noorwegen|Noruega|Norvegia|Norwegen|Norwegia
NP नेपाल
NZ Neuseeland|Nieuw-Zeeland|Nova Zelândia|Nowa Zelandia|Nueva Zelanda|Nuova Zelanda
OM Omã|عُمان
PF Frans-Polynesië|Französisch-Polynesien|Polinesia Francesa|Polinesia Francese|Polinezja Francuska
PG Papoea-Nieuw-Guinea|Papua Niugini|Papua Nuova Guinea|Papua-Neuguinea|Papua-Nova Guiné|Papua-Nowa Gwinea|Papúa Nueva Guinea
PH Filipijnen|Filipinas|Filipiny|Filippine|Philippinen|Pilipinas
PK Paquistão|پاکستان
PL Polen|Polonia
PM Saint-Pierre e Miquelon|Saint-Pierre en Miquelon|Saint-Pierre i Miquelon|San Pedro y Miquelón|St. Pierre und Miquelon
PM São Pedro e Miquelão
PN Ilhas Pitcairn|Islas Pitcairn|Isole Pitcairn|Pitcairn Islands|Pitcairneilanden|Pitcairninseln|Îles Pitcairn
PR Portorico|Portoryko
PS Palestijnse gebieden|Palestinian Territories|Palästinensische Autonomiegebiete|Territoires palestiniens|Territori Palestinesi
PS Territorios Palestinos|Territórios palestinianos|Terytoria Palestyńskie|الأراضي الفلسطينية
PT Portogallo|Portugalia
PW Palaos
PY Paraguai|Paragwaj
QA Catar|Katar|قطر
RE Reunião|Riunione
RO Roemenië|Romênia|Rumanía|Rumunia|Rumänien
RS Serbien|Servië|Sérvia|Србија
RU Rosja|Rusia|Rusland|Russland|Российская Федерация|Россия
RW Ruanda|U Rwanda
SA Arabia Saudita|Arabia Saudyjska|Arabia Saudí|Saoedi-Arabië|Saudi-Arabien|المملكة العربية السعودية
SB Ilhas Salomão|Islas Salomón|Isole Salomone|Salomon-Inseln|Salomonen|Salomonseilanden|Wyspy Salomona
SC Seicheles|Seszele|Seychellen
SD Soedan|Sudão|السودان
SE Schweden|Suecia|Svezia|Szwecja|Zweden
SG Singapur|Singapura|新加坡
SH Santa Elena|Santa Helena|Sant’Elena|Sint-Helena|St. Helena, Ascension & Tristan da Cunha|Wyspa Świętej Heleny
SI Eslovenia|Slowenien|Słowenia
SJ Spitsbergen en Jan Mayen|Spitzbergen und Jan Mayen|Svalbard e Jan Mayen|Svalbard i Jan Mayen|Svalbard og Jan Mayen|Svalbard y Jan Mayen
SK Eslovaquia|Slovacchia|Slovensko|Slowakei|Slowakije|Slowakische Republik|Słowacja
SL Serra Leoa|Sierra Leona
SM São Marinho
SN Senegaal
SO Soomaaliya|الصومال
SR Surinam
SS Soudan du Sud|Sud Sudan|Sudan Południowy|Sudán del Sur|Sudão do Sul|Südsudan|Zuid-Soedan
ST Santo Tomé y Príncipe|Sao Tomé en Principe|São Tomé e Príncipe|São Tomé und Príncipe|Wyspy Świętego Tomasza i Książęca
SV Salwador
SX São Martinho (Sint Maarten)
SY Siria|Syrien|سوريا
SZ Essuatíni|Esuatini|Swasiland
TC Ilhas Turcas e Caicos|Islas Turcas y Caicos|Isole Turks e Caicos|Turks i Caicos|Turks- en Caicoseilanden|Turks- und Caicosinseln
TC Îles Turques-et-Caïques
TD Chade|Ciad|Czad|Tschad|Tsjaad|تشاد
TF Francuskie Terytoria Południowe i Antarktyczne|Franse Gebieden in de zuidelijke Indische Oceaan|Französische Süd- und Antarktisgebiete
TF French Southern and Antarctic Lands|Terre Australi Francesi|Terres australes françaises|Territorios Australes Franceses
TF Territórios Austrais Franceses|Territórios Franceses do Sul
TH Tailandia|Tajlandia|Thailandia|ไทย
TJ Tadjiquistão|Tadschikistan|Tadzjikistan|Tadżykistan|Tagikistan|Tajiquistão|Tayikistán|Тоҷикистон
TK Toquelau
TL Oost-Timor|Osttimor|Timor Est|Timor Wschodni
TM Turcomenistão|Turquemenistão
TN Tunesien|Tunesië|Tunezja|Túnez|تونس
TR Turchia|Turcja|Turkije|Turquía|Türkei
TT Trindade e Tobago|Trinidad e Tobago|Trinidad en Tobago|Trinidad und Tobago|Trinidad y Tobago|Trynidad i Tobago
TW Tajwan|台湾|台灣|臺灣
TZ Tansania
UA Oekraïne|Ucraina|Ucrania|Ukraina|Украина|Україна
UG Oeganda
UM Amerikanische Überseeinseln|Dalekie Wyspy Mniejsze Stanów Zjednoczonych|Ilhas Menores Afastadas dos EUA|Ilhas Menores Distantes dos EUA
UM Islas menores alejadas de EE. UU.|Isole Minori Esterne degli Stati Uniti|Kleine afgelegen eilanden van de Verenigde Staten
UM U.S. Outlying Islands|Îles mineures éloignées des États-Unis
US EE. UU.|EEUU|EUA|Estados Unidos da América|Estados Unidos de América|Stany Zjednoczone|Stany Zjednoczone Ameryki|Stati Uniti
US Stati Uniti d'America|Vereinigte Staaten von Amerika|Verenigde Staten|Verenigde Staten van Amerika
UY Uruguai|Urugwaj
UZ Oezbekistan|Oʻzbekiston|Usbekistan|Usbequistão|Uzbequistão|Ўзбекистон
VA Cidade do Vaticano|Città del Vaticano|Ciudad del Vaticano|Vaticaanstad|Vatikan|Vatikanstadt|Watykan|État de la Cité du Vatican
VC Saint Vincent e Grenadine|Saint Vincent en de Grenadines|Saint Vincent i Grenadyny|San Vicente y las Granadinas
VC St. Vincent & Grenadines|St. Vincent und die Grenadinen|São Vicente e Granadinas
VE Wenezuela
VG Britische Jungferninseln|Britse Maagdeneilanden|Brytyjskie Wyspy Dziewicze|Ilhas Virgens Britânicas|Islas Vírgenes Británicas
VG Isole Vergini Britanniche
VI Amerikaanse Maagdeneilanden|Amerikanische Jungferninseln|Ilhas Virgens Americanas|Ilhas Virgens dos EUA|Islas Vírgenes de EE. UU.
VI Islas Vírgenes de EE.UU.|Isole Vergini Americane|Wyspy Dziewicze Stanów Zjednoczonych|Îles Vierges des États-Unis
VN Vietname|Vietnã|Wietnam
WF Wallis e Futuna|Wallis en Futuna|Wallis i Futuna|Wallis und Futuna|Wallis y Futuna
YE Iêmen|Jemen|اليمن
YT Maiote|Majotta
ZA Republika Południowej Afryki|Sudáfrica|Südafrika|Zuid-Afrika|África do Sul
ZM Sambia
ZW Simbabwe|Zimbabue
"""
