"""The countries of ISO 3166-1, and Kosovo by the code in use: codes, English and French names, and the other names that people write.

A line holds the alpha-2 and alpha-3 codes, then names parted by bars; a country with many names has several lines.
The names are those of the Unicode CLDR, where it has them.
"""

COUNTRIES = """\
AD AND Andorra|Andorre
AE ARE United Arab Emirates|Emirats Arabes Unis|UAE|Emirates|EAU|Émirats
AE ARE U.A.E.
AF AFG Afghanistan
AG ATG Antigua and Barbuda|Antigua et Barbuda
AI AIA Anguilla
AL ALB Albania|Albanie
AL ALB Shqipëria
AM ARM Armenia|Arménie
AM ARM Hayastan
AO AGO Angola
AQ ATA Antarctica|Antarctique
AR ARG Argentina|Argentine
AS ASM American Samoa|Samoa américaines
AT AUT Austria|Autriche|Österreich|Oesterreich
AU AUS Australia|Australie
AW ABW Aruba
AX ALA Åland Islands|Îles Åland
AZ AZE Azerbaijan|Azerbaïdjan
BA BIH Bosnia and Herzegovina|Bosnie-Herzégovine|Bosnia|Bosnie
BA BIH Bosnia-Herzegovina
BB BRB Barbados|Barbade
BD BGD Bangladesh
BE BEL Belgium|Belgique|België|Belgien
BF BFA Burkina Faso
BG BGR Bulgaria|Bulgarie
BG BGR BUL
BH BHR Bahrain|Bahreïn
BI BDI Burundi
BJ BEN Benin
BL BLM Saint Barthélemy|Saint-Barthélemy
BM BMU Bermuda|Bermudes
BN BRN Brunei|Brunei Darussalam
BO BOL Bolivia|Bolivie|Plurinational State of Bolivia
BO BOL Plurinational State of Bolivia
BQ BES Bonaire, Sint Eustatius and Saba|Bonaire, Saint-Eustache et Saba
BR BRA Brazil|Brésil|Brasil
BS BHS Bahamas
BT BTN Bhutan|Bhoutan
BV BVT Bouvet Island|Île Bouvet
BW BWA Botswana
BY BLR Belarus|Biélorussie|Bélarus
BZ BLZ Belize|Bélize
CA CAN Canada
CC CCK Cocos Islands|Îles Cocos|Keeling Islands
CD COD The Democratic Republic Of Congo|République démocratique du Congo|Democratic Republic of the Congo|DR Congo|DRC|RDC
CD COD Congo-Kinshasa|Congo, Democratic Republic of the
CD COD Congo (DRC)|Democratic Republic of Congo|Zaire
CF CAF Central African Republic|République Centre-Africaine|Centrafrique
CG COG Congo|Republic of the Congo|République du Congo|Congo-Brazzaville
CH CHE Switzerland|Suisse|Schweiz|Svizzera|Confoederatio Helvetica
CH CHE SUI
CH CHE Helvetia
CI CIV Côte d'Ivoire|Ivory Coast
CK COK Cook Islands|Îles Cook
CL CHL Chile|Chili
CM CMR Cameroon|Cameroun
CN CHN China|Chine|People's Republic of China|PRC|Mainland China|Chine populaire
CN CHN PR China|P.R. China|P.R.C.
CN CHN Zhongguo
CO COL Colombia|Colombie
CR CRI Costa Rica
CU CUB Cuba
CV CPV Cape Verde|Cap Vert|Cabo Verde
CW CUW Curaçao
CX CXR Christmas Island|Île Christmas
CY CYP Cyprus|Chypre|Kypros
CZ CZE Czechia|Tchéquie|Czech Republic|République tchèque
DE DEU Germany|Allemagne|Deutschland|Federal Republic of Germany|BRD
DE DEU GER
DJ DJI Djibouti
DK DNK Denmark|Danemark|Danmark
DK DNK DEN
DM DMA Dominica|Dominique
DO DOM Dominican Republic|République Dominicaine
DZ DZA Algeria|Algérie
EC ECU Ecuador|Equateur
EE EST Estonia|Estonie
EG EGY Egypt|Egypte|Égypte
EG EGY Misr
EH ESH Western Sahara|Sahara Occidental
ER ERI Eritrea|Erythrée
ES ESP Spain|Espagne|España|Espana
ET ETH Ethiopia|Ethiopie
FI FIN Finland|Finlande|Suomi
FJ FJI Fiji|Fidji
FK FLK Falkland Islands|Îles Malouines|Malvinas
FM FSM Micronesia|Micronésie|Federated States of Micronesia
FO FRO Faroe Islands|Îles Féroé
FR FRA France|French Republic|République française|Metropolitan France|France métropolitaine
GA GAB Gabon
GB GBR United Kingdom|Royaume-Uni|UK|U.K.|Great Britain|Britain|England|Scotland|Wales|Northern Ireland|Grande-Bretagne
GB GBR Angleterre|Écosse|Pays de Galles|Irlande du Nord|United Kingdom of Great Britain and Northern Ireland
GB GBR N. Ireland|ENG|SCO|United Kingdom of Great Britain and N. Ireland
GD GRD Grenada|Grenade
GE GEO Georgia|Géorgie
GE GEO Sakartvelo
GF GUF French Guiana|Guyane française
GG GGY Guernsey|Guernesey
GH GHA Ghana
GI GIB Gibraltar
GL GRL Greenland|Groenland
GM GMB Gambia|Gambie|Gambie
GN GIN Guinea|Guinée
GP GLP Guadeloupe
GQ GNQ Equatorial Guinea|Guinée Equatoriale
GR GRC Greece|Grèce|EL|Hellas
GR GRC GRE
GR GRC Ellada
GS SGS South Georgia And The South Sandwich Islands|Géorgie du Sud et îles Sandwich du Sud
GT GTM Guatemala
GU GUM Guam
GW GNB Guinea-Bissau|Guinée-Bissau
GY GUY Guyana
HK HKG Hong Kong|Hong-Kong|Hong Kong SAR|Hong Kong SAR China
HM HMD Heard Island And McDonald Islands|Île Heard et îles McDonald
HN HND Honduras
HR HRV Croatia|Croatie|Hrvatska
HR HRV CRO
HT HTI Haiti|Haïti
HU HUN Hungary|Hongrie|Magyarország
ID IDN Indonesia|Indonésie
IE IRL Ireland|Irlande|Éire|Republic of Ireland|République d'Irlande
IL ISR Israel|Israël
IM IMN Isle Of Man|Ile de Man
IN IND India|Inde
IN IND Bharat
IO IOT British Indian Ocean Territory|Territoires britanniques de l'Océan Indien
IQ IRQ Iraq|Irak
IR IRN Iran|Islamic Republic of Iran
IS ISL Iceland|Islande|Ísland
IT ITA Italy|Italie|Italia|Italien
JE JEY Jersey
JM JAM Jamaica|Jamaïque
JO JOR Jordan|Jordanie
JP JPN Japan|Japon|Nippon|Nihon
KE KEN Kenya
KG KGZ Kyrgyzstan|Kirghizistan
KH KHM Cambodia|Cambodge
KI KIR Kiribati
KM COM Comoros|Comores
KN KNA Saint Kitts And Nevis|Saint-Christophe-et-Niévès
KP PRK North Korea|Corée du Nord|Democratic People's Republic of Korea|DPRK
KP PRK Korea North|N. Korea
KR KOR South Korea|Corée du Sud|Korea|Republic of Korea|Corée|République de Corée
KR KOR Korea South|S. Korea
KW KWT Kuwait|Koweit|Koweït
KY CYM Cayman Islands|Îles Caïmans
KZ KAZ Kazakhstan
LA LAO Laos|Lao People's Democratic Republic
LB LBN Lebanon|Liban
LC LCA Saint Lucia|Sainte-Lucie
LI LIE Liechtenstein
LK LKA Sri Lanka
LR LBR Liberia
LS LSO Lesotho
LT LTU Lithuania|Lithuanie
LU LUX Luxembourg
LV LVA Latvia|Lettonie
LY LBY Libya|Libye
MA MAR Morocco|Maroc
MC MCO Monaco|Principauté de Monaco
MD MDA Moldova|Moldavie|Republic of Moldova
ME MNE Montenegro|Monténégro
MF MAF Saint Martin|Saint-Martin
MG MDG Madagascar
MH MHL Marshall Islands|Îles Marshall
MK MKD North Macedonia|Macédoine du Nord|Macedonia|Macédoine
MK MKD FYROM|Former Yugoslav Republic of Macedonia
ML MLI Mali
MM MMR Myanmar|Burma|Birmanie
MN MNG Mongolia|Mongolie
MO MAC Macao|Macau
MO MAC Macau SAR|Macao SAR|Macau SAR China
MP MNP Northern Mariana Islands|Îles Mariannes du Nord
MQ MTQ Martinique
MR MRT Mauritania|Mauritanie
MS MSR Montserrat
MT MLT Malta|Malte
MU MUS Mauritius|Maurice
MV MDV Maldives
MW MWI Malawi
MX MEX Mexico|Mexique|México
MY MYS Malaysia|Malaisie
MZ MOZ Mozambique
NA NAM Namibia|Namibie
NC NCL New Caledonia|Nouvelle-Calédonie
NE NER Niger
NF NFK Norfolk Island|Île Norfolk
NG NGA Nigeria|Nigéria
NI NIC Nicaragua
NL NLD Netherlands|Pays-Bas|Holland|Nederland|The Netherlands|Hollande|Niederlande
NL NLD Kingdom of the Netherlands|NED
NO NOR Norway|Norvège|Norge|Noreg
NP NPL Nepal|Népal
NR NRU Nauru
NU NIU Niue
NZ NZL New Zealand|Nouvelle-Zélande
OM OMN Oman
PA PAN Panama
PE PER Peru|Pérou
PF PYF French Polynesia|Polynésie Française
PG PNG Papua New Guinea|Papouasie-Nouvelle-Guinée
PH PHL Philippines|The Philippines
PH PHL PHI
PK PAK Pakistan
PL POL Poland|Pologne|Polska
PM SPM Saint Pierre And Miquelon|Saint-Pierre-et-Miquelon
PN PCN Pitcairn
PR PRI Puerto Rico|Porto Rico
PS PSE Palestine|State of Palestine|Palestinian Territory
PT PRT Portugal
PT PRT POR
PW PLW Palau|Belau
PY PRY Paraguay
QA QAT Qatar
RE REU Reunion|La Réunion
RO ROU Romania|Roumanie|România
RS SRB Serbia|Serbie|Srbija
RU RUS Russia|Russie|Russian Federation|Fédération de Russie
RU RUS Rossiya|Rossija
RW RWA Rwanda
SA SAU Saudi Arabia|Arabie Saoudite|Kingdom of Saudi Arabia|KSA
SA SAU K.S.A.
SB SLB Solomon Islands|Îles Salomon
SC SYC Seychelles
SD SDN Sudan|Soudan
SE SWE Sweden|Suède|Sverige
SG SGP Singapore|Singapour
SH SHN Saint Helena|Sainte-Hélène
SI SVN Slovenia|Slovénie|Slovenija
SJ SJM Svalbard And Jan Mayen|Svalbard et Jan Mayen
SK SVK Slovakia|Slovaquie|Slovak Republic
SL SLE Sierra Leone
SM SMR San Marino|Saint-Marin
SN SEN Senegal|Sénégal
SO SOM Somalia|Somalie
SR SUR Suriname
SS SSD South Sudan|Sud-Soudan
ST STP Sao Tome And Principe|Sao Tomé et Principe|São Tomé
SV SLV El Salvador
SX SXM Sint Maarten (Dutch part)|Saint-Martin (partie néerlandaise)|Sint Maarten
SX SXM St. Maarten
SY SYR Syria|Syrie|Syrian Arab Republic
SZ SWZ Eswatini|Swaziland
TC TCA Turks And Caicos Islands|Îles Turks et Caicos
TD TCD Chad|Tchad
TF ATF French Southern Territories|Territoires Français du Sud
TG TGO Togo
TH THA Thailand|Thaïlande
TH THA ประเทศไทย
TJ TJK Tajikistan|Tadjikistan
TK TKL Tokelau
TL TLS Timor-Leste|East Timor|Timor oriental
TM TKM Turkmenistan|Turkménistan
TN TUN Tunisia|Tunisie
TO TON Tonga
TR TUR Turkey|Turquie|Türkiye
TT TTO Trinidad and Tobago|Trinité-et-Tobago
TT TTO Trinidad|Trinidad/Tobago
TV TUV Tuvalu
TW TWN Taiwan|Taïwan|Republic of China
TW TWN Taiwan, Province of China|Chinese Taipei
TZ TZA Tanzania|Tanzanie|United Republic of Tanzania
UA UKR Ukraine
UA UKR Ukrayina
UG UGA Uganda|Ouganda
UM UMI United States Minor Outlying Islands|Dépendances américaines du Pacifique
US USA United States|États-Unis|U.S.|U.S.A.|United States of America|America|États-Unis d'Amérique|Amérique|Estados Unidos
US USA Vereinigte Staaten
UY URY Uruguay
UZ UZB Uzbekistan|Ouzbékistan
VA VAT Vatican|Holy See|Vatican City|Saint-Siège|Cité du Vatican
VC VCT Saint Vincent And The Grenadines|Saint-Vincent-et-les Grenadines
VE VEN Venezuela|Vénézuela|Bolivarian Republic of Venezuela
VG VGB British Virgin Islands|Iles Vierges Britanniques
VI VIR U.S. Virgin Islands|Iles Vierges Américaines|US Virgin Islands
VI VIR United States Virgin Islands
VN VNM Vietnam|Viet Nam|Viêt Nam|Việt Nam
VU VUT Vanuatu
WF WLF Wallis And Futuna|Wallis-et-Futuna
WS WSM Samoa
XK XKX Kosovo|Kosova
YE YEM Yemen|Yémen
YT MYT Mayotte
ZA ZAF South Africa|Afrique du Sud|RSA
ZM ZMB Zambia|Zambie
ZW ZWE Zimbabwe
"""
