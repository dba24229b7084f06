"""The letters beyond ASCII that languages write with, the most frequent first, and which characters of East Asia are common.

The orders follow general knowledge of the languages; only the rough rank of a letter counts, never its exact share.
"""

# ruff: noqa: RUF001 - these characters are what the module is about.

import math
from functools import cache

# Bytes that no character was found for.
LOSS = "\ufffd"
COST_OF_LOSS = 17.0

# Small letters; a capital is found under its small letter.
_LATIN = {
    "French": "éèàêçùâîôûëïœüæÿ",
    "German": "üäößéè",
    "Spanish": "óíáéñúü",
    "Portuguese": "ãçáéíóêõúâàôü",
    "Italian": "àèìòùéóíî",
    "Dutch": "ëéïöüèáóêç",
    "Swedish": "äöåéü",
    "Danish or Norwegian": "øåæéöäüóòô",
    "Finnish": "äöåšž",
    "Icelandic": "áíðéöþúóæý",
    "Faroese": "áøíðóúýæ",
    "Luxembourgish": "éëäèüöêûô",
    "Polish": "łąęóżśćńź",
    "Czech": "íáěéřšýčžůúťďňó",
    "Slovak": "áíéčýšžúľňťôďäóĺŕ",
    "Hungarian": "áéőöóűüíú",
    "Romanian": "ăîșțâ",
    "Romanian with cedillas": "ăîşţâ",
    "Croatian or Slovenian": "čšžćđ",
    "Turkish": "ışğüçöİâîû",
    "Lithuanian": "ėšūųžįčąę",
    "Latvian": "āīēšūņļčžģķŗō",
    "Estonian": "äõüöšž",
    "Maltese": "ħżċġàèìòù",
    "Esperanto": "ŭĉĝŝĵĥ",
    "Welsh": "ŵŷôâêîûïáéẁẃ",
    "Vietnamese": "đôưêâơăàáéèíìóòúùýãõ\u0300\u0301\u0303\u0309\u0323",
    "Albanian": "ëç",
    "Catalan": "àéèíòóçúïü·",
    "Irish": "áéíóú",
}
_OTHER_SCRIPTS = {
    "Greek": "αοιετσνηυρπκλμωςγδθχφβξζψάέήίόύώϊϋΐΰ",
    "Russian": "оеаинтсрвлкмдпуяыьгзбчйхжшюцщэфъё",
    "Ukrainian": "оанитвіерслкмдупязьбгйчхїшюжєцщфґ'",
    "Belarusian": "анітрыеслкодвўмпязшугьйбцжчэёюхф",
    "Macedonian": "аоиентрсвкдлмпшзгујбчцњќфѓжљхѕџ",
    "Bulgarian": "аоиетнрсвлкдпмзъгбуячцйшщхжфюь",
    "Serbian": "аоиенрсјтвукдмлпгзбшчжцхљњћфђџ",
    "Kazakh": "аеныірліықтдұмсбжғпөкйшүзоәугхцвёфюяъьэчһщ",
    "Hebrew": "יוהלאתרמבשנעםחדקפטכגסזןץךצף",
    "Arabic": "اليمنتربعودهسةفقكحىجشأصطخضذإزغئءثظآؤ",
    "Persian or Urdu": "ایرندهمتوسبلکزشخپعفقحجگغچصآطذضئءژظثیکےںٹڑڈہھ",
    "Thai": "านรอกเงมยลวดสตทปคหบแจพใไขชผโถฟศธณษซญภฐ่้ัี็ะิืุูึำ์",
}
# Cells of contact files hold these in any language.
_FREQUENT_PUNCTUATION = "’“”–°…€\u00a0"
_PUNCTUATION = "‘—º«»„·№ª¿¡£§´©®™•½׳״،؟"
_FREQUENT_PUNCTUATION_COST = 3.2
_PUNCTUATION_COST = 5.0
_STRANGE_LETTER_COST = 9.0
_SYMBOL_COST = 10.0
_CONTROL_COST = 13.0
_KANA_COST = 3.8
_FREQUENT_COST = 4.8
_COMMON_COST = 7.2
_RARE_COST = 10.5
_EAST_ASIAN_PUNCTUATION_COST = 5.0
# The common characters come first in these standards: GB 2312, JIS X 0208, Big5, KS X 1001; (codec, lead bytes from, to).
_COMMON = {
    "Chinese": ("gb2312", 0xB0, 0xD7),
    "traditional Chinese": ("big5", 0xA4, 0xC6),
    "Japanese": ("euc_jp", 0xB0, 0xCF),
    "Korean": ("euc_kr", 0xB0, 0xC8),
}
# What texts, names and addresses hold most.
_FREQUENT = {
    "Chinese": frozenset(
        "的一是不了人我在有他这中大来上国个到说们为子和你地出道也时年得就那要下以生会自着去之过家学对可里后小么心多天而能好都然没日于起还发成事只作当想看文无开手十用"
        "主行方又如前所本见经头面公同三已老从动两长知样现分将外但身些与高意进把法此实回二理美点月明其种声全工己话儿者向情部正名定女问力机给等几很业最间新什打便位因重"
        "被走电四第门相次东政海口使教西再平真听世气信北少关并内加化由却代军产入先山五太水万市眼体别处总才场师书比住员九笑性通目华报立马命张活难神数件安表原车白应路期"
        "区号街道室楼层栋单元弄巷村镇县省州京沪津渝江河湖南王李刘陈杨赵黄周吴徐孙胡朱林何郭罗梁宋郑谢韩唐冯董萧程曹袁邓许傅沈曾彭吕"
        "司有限科技邮箱联系客户经理销售备注姓称手机址编码"
    ),
    "traditional Chinese": frozenset(
        "的一是不了人我在有他這中大來上國個到說們為子和你地出道也時年得就那要下以生會自著去之過家學對可里後小麼心多天而能好都然沒日於起還發成事只作當想看文無開手十用"
        "主行方又如前所本見經頭面公同三已老從動兩長知樣現分將外但身些與高意進把法此實回二理美點月明其種聲全工己話兒者向情部正名定女問力機給等幾很業最間新什打便位因重"
        "被走電四第門相次東政海口使教西再平真聽世氣信北少關並內加化由卻代軍產入先山五太水萬市眼體別處總才場師書比住員九性通目華報立馬命張活難神數件安表原車白應路期"
        "區號街室樓層棟巷弄段村鎮縣省州臺台灣港澳江河湖南王李劉陳楊趙黃周吳徐孫胡朱林何郭羅梁宋鄭謝韓唐馮許鄧蕭程曹袁沈曾彭呂蔡葉洪邱廖賴"
        "司有限科技郵箱聯絡客戶經理銷售備註姓稱機址編碼"
    ),
    "Japanese": frozenset(
        "日一国会人年大十二本中長出三同時政事自行社見月分議後前民生連五発間対上部東者党地合市業内相方四定今回新場金員九入選立開手米力学問高代明実円関決子動京全目表"
        "戦経通外最言氏現理調体化田当八六約主題下首意法不来作性的要用制治度務強気小七成期公野協取都和統以機平総加山思家話世受区領多県続進正安設保改数記院女初北午指権"
        "心界支第産結百派点教報済書府活原先共得解名交資予川向際査勝面委告軍文反元重近千考判認画海参売利組知案道信策集在件団別物側任引使求所次水半品昨論計死官増係感"
        "情西藤佐鈴木橋渡辺伊林井上口島崎村谷石丸町丁番号阪名古屋横浜神福岡札幌仙台広駅通話様株式会社電郵便住備考客担当"
    ),
    "Korean": frozenset(
        "이다는가에을의로고하지한기도사대인자리나라어서시아은들정스만일전보제상부주해수그장여경구게면과조원신연우마안공명동선유물간성생행결국교문당발방분양소속실없있었것같"
        "김박최강윤임오송홍민준영희현석미진울산광천남북길번층호화내외님고객회사담메모름락처"
        "오요와더니까데세했습합저녁다음료달요청중관계년월일통"
    ),
}

ALPHABETIC = (*_LATIN, *_OTHER_SCRIPTS)
EAST_ASIAN = tuple(_COMMON)


def is_punctuation(character: str) -> bool:
    """Whether it is one of the signs beyond ASCII that texts in many languages have."""
    return character in _FREQUENT_PUNCTUATION or character in _PUNCTUATION


@cache
def costs_of(language: str) -> dict[str, float]:
    """What each small letter costs in the language, in natural units of information: little for a frequent one."""
    letters = (_LATIN | _OTHER_SCRIPTS)[language]
    weights = {letter: 1 / (rank + 3) for rank, letter in enumerate(letters)}
    total = sum(weights.values())
    # Of Latin text most letters are ASCII, so that every accent is a surprise of its own.
    surprise = 1.0 if language in _LATIN else 0.0
    return {letter: surprise - math.log(weight / total) for letter, weight in weights.items()}


@cache
def cost_elsewhere(character: str) -> float:
    """What a character costs in a language that does not write with it."""
    if is_punctuation(character):
        return _FREQUENT_PUNCTUATION_COST if character in _FREQUENT_PUNCTUATION else _PUNCTUATION_COST
    if not character.isprintable():
        return _CONTROL_COST
    return _STRANGE_LETTER_COST if character.isalpha() else _SYMBOL_COST


@cache
def cost_in_east_asia(language: str, character: str) -> float | None:
    """What a character costs in a language of East Asia; None: it is none of its own."""
    if character in _FREQUENT[language]:
        return _FREQUENT_COST
    if "\u3000" <= character <= "\u3002" or "\uff01" <= character <= "\uff60" or character in "・「」『』〒ー～":
        return _EAST_ASIAN_PUNCTUATION_COST
    if language == "Japanese" and "\u3041" <= character <= "\u30fe":
        return _KANA_COST
    is_own = "가" <= character <= "힣" if language == "Korean" else "\u4e00" <= character <= "\u9fff"
    if not is_own:
        return None
    codec, first, last = _COMMON[language]
    try:
        lead = character.encode(codec)[0]
    except UnicodeEncodeError:
        return _RARE_COST
    return _COMMON_COST if first <= lead <= last else _RARE_COST
