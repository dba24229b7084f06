"""Words that head the columns of people's lists in many languages: they tell a header from a row, and no field.

A word that is hardly ever a value says so alone; one that may be a value as well ("Member", "Team") only beside others.
"""

# ruff: noqa: RUF001  # the letters of other alphabets are meant

import re
import unicodedata

from workers.engine.mapping.names import OTHER_NAMES, fold_name, is_known_name

_MAX_NAME = 60
_SIGNS = re.compile(r"[\s_\-./:*#()]+")

_WORDS = """
vorname, nachname, familienname, rufname, zuname, anrede, firma, firmenname, unternehmen, ansprechpartner, ansprechpartnerin,
strasse, straße, hausnummer, straße und hausnummer, adresse, anschrift, plz, postleitzahl, ort, wohnort, stadt, bundesland,
telefon, telefonnummer, tel nr, handy, handynummer, mobilnummer, mobiltelefon, festnetz, e mail adresse, email adresse,
mailadresse, geburtstag, geburtsdatum, geburtsort, bemerkung, bemerkungen, notiz, notizen, anmerkung, anmerkungen, abteilung,
kundennummer, kunden nr, kundennr, mitgliedsnummer, beruf, titel, webseite, nombre, nombres, apellido, apellidos, primer apellido,
segundo apellido, nombre completo, correo, correo electronico, correo electrónico, teléfono, telefono, móvil, movil, celular,
empresa, cargo, puesto, dirección, direccion, domicilio, calle, ciudad, población, poblacion, localidad, provincia, código postal,
codigo postal, país, pais, fecha de nacimiento, cumpleaños, notas, comentarios, observaciones, sitio web, dni, nif, nome, cognome,
nome completo, nome e cognome, ragione sociale, azienda, società, indirizzo, indirizzo email, città, citta, comune, paese,
nazione, cellulare, data di nascita, note, codice fiscale, partita iva, ruolo, qualifica, posta elettronica, sobrenome, apelido,
endereço, endereco, cidade, bairro, cep, estado, telefone, telemóvel, telemovel, data de nascimento, aniversário, observações,
cpf, cnpj, e mail, localidade, morada, código, concelho, voornaam, achternaam, tussenvoegsel, roepnaam, voorletters, naam,
volledige naam, bedrijf, bedrijfsnaam, organisatie, functie, adres, straat, huisnummer, postcode, plaats, woonplaats, telefoon,
telefoonnummer, mobiel, mobiele telefoon, emailadres, e mailadres, geboortedatum, opmerkingen, förnamn, efternamn, namn, företag,
gata, gatuadress, adress, postnummer, postort, e post, epost, födelsedatum, personnummer, fornavn, efternavn, etternavn, navn,
virksomhed, vej, gade, gateadresse, poststed, fødselsdato, etunimi, sukunimi, nimi, yritys, osoite, katuosoite, postinumero,
kaupunki, postitoimipaikka, puhelin, puhelinnumero, sähköposti, syntymäaika, imię, imie, nazwisko, imię i nazwisko,
imie i nazwisko, nazwa firmy, ulica, miasto, miejscowość, kod pocztowy, kraj, telefon komórkowy, adres email, adres e mail,
data urodzenia, uwagi, stanowisko, jméno, jmeno, příjmení, prijmeni, příjmeni, společnost, ulice, město, psč, země, meno,
priezvisko, keresztnév, vezetéknév, név, cég, cégnév, cím, irányítószám, város, ország, telefonszám, prenume, oraș, adresa,
adresă, localitate, județ, prezime, priimek, država, adı, soyad, soyadı, ad soyad, adı soyadı, isim, şirket, şehir, ülke,
telefon numarası, e posta, имя, фамилия, отчество, фио, компания, организация, должность, адрес, улица, город, регион,
область, индекс, почтовый индекс, страна, телефон, мобильный, мобильный телефон, почта, эл почта, электронная почта,
дата рождения, день рождения, примечание, примечания, комментарий, ім'я, прізвище, по батькові, місто, країна, компанія, адреса,
име, град, държава, фирма, телефонен номер, όνομα, επώνυμο, ονοματεπώνυμο, εταιρεία, διεύθυνση, πόλη, χώρα, τηλέφωνο, κινητό,
氏名, 名前, お名前, 姓, 名, 氏, 姓名, 苗字, 名字, フリガナ, ふりがな, セイ, メイ, カナ, 氏名カナ, 会社名, 会社, 企業名, 法人名,
勤務先, 所属, 部署, 部署名, 役職, 職種, 職業, 住所, 住所1, 住所2, ご住所, 都道府県, 市区町村, 都市, 番地, 建物名, 郵便番号, 国,
電話, 電話番号, 携帯, 携帯電話, 携帯番号, 携帯電話番号, メール, メールアドレス, eメール, eメールアドレス, 生年月日, 誕生日, 性別,
年齢, 備考, メモ, 備考欄, 顧客番号, 顧客名, 会員番号, 番号, 担当者, 担当者名, 公司, 公司名称, 公司名, 单位, 部门, 职位, 职务,
手机, 手机号, 手机号码, 电话, 电话号码, 联系电话, 邮箱, 电子邮箱, 电子邮件, 邮件, 地址, 城市, 省份, 国家, 邮编, 邮政编码, 生日,
出生日期, 性别, 年龄, 备注, 联系人, 客户名称, 编号, 公司名稱, 部門, 職位, 職稱, 手機, 手機號碼, 電話號碼, 電子郵件, 電子信箱,
信箱, 縣市, 國家, 郵遞區號, 備註, 聯絡人, 이름, 성명, 성함, 회사, 회사명, 부서, 직책, 직급, 주소, 도시, 국가, 우편번호, 전화,
전화번호, 휴대폰, 휴대전화, 핸드폰, 휴대폰번호, 이메일, 이메일주소, 메일, 생년월일, 생일, 비고, 메모, الاسم, الاسم الأول,
اسم العائلة, البريد الإلكتروني, الهاتف, رقم الهاتف, الجوال, الشركة, العنوان, المدينة, الدولة, ملاحظات, שם, שם פרטי, שם משפחה,
טלפון, נייד, אימייל, דוא ל, חברה, כתובת, עיר, מדינה, הערות, ชื่อ, นามสกุล, อีเมล, โทรศัพท์, ที่อยู่, บริษัท, họ, tên, họ và tên,
họ tên, điện thoại, số điện thoại, địa chỉ, công ty, thành phố
"""
_DOUBTFUL_WORDS = """
names, first names, last names, initials, alias, contact, contacts, customer, client, member, members, guest, guests, student,
pupil, teacher, class, course, grade, school, player, team, club, coach, volunteer, donor, sponsor, supplier, vendor, partner,
employee, staff, manager, supervisor, lead, prospect, recipient, attendee, participant, speaker, author, talk, session, topic,
title, subject, department, division, branch, office, location, place, venue, room, seat, table, shift, day, date, time, week,
month, year, start, end, arrival, departure, event, activity, hobby, interests, skills, skill, group, category, kind, level,
stage, rank, amount, price, total, quantity, qty, count, number, no, nr, code, ref, reference, order, invoice, product, item,
service, gift, diet, dietary requirements, attending, rsvp, response, answer, reply, plus one, paid, active, vip, relation,
relationship, parent, guardian, spouse, partner name, child, pet, breed, species, car, make, model, colour, color, size,
description, details, info, information, message, feedback, reason, result, priority, rating, score, twitter, instagram, facebook,
linkedin, skype, whatsapp, handle, kunde, kundin, kontakt, mitglied, gast, verein, mannschaft, gruppe, klasse, rolle, funktion,
position, datum, status, art, typ, betreff, bereich, kategorie, menge, preis, nummer, schüler, schülerin, lehrer, lehrerin,
teilnehmer, teilnehmerin, lieferant, contacto, cliente, socio, grupo, equipo, fecha, estado civil, tipo, contatto, gruppo,
squadra, data, membre, invité, équipe, groupe, classe, professeur, élève, heure, lieu, adhérent, bénévole, donateur, klant, lid,
groep, klas, soort, klient, grupa, клиент, группа, дата, статус, 顧客, 会員, クラス, 学校, 学年, 日付, 種別, 区分, 状態, 客户,
会员, 班级, 日期, 类型, 状态, 고객, 회원, 반, 학교, 날짜, ad, by, cap, land, 성, mobil, via, ime, grad, stad, nume
"""


def _fold(text: str) -> str:
    return _SIGNS.sub(" ", unicodedata.normalize("NFKC", text[:_MAX_NAME]).casefold()).strip()


def _read(words: str) -> frozenset[str]:
    return frozenset(_fold(word) for word in words.replace("\n", " ").split(","))


_USUAL = _read(_WORDS)
_DOUBTFUL = _read(_DOUBTFUL_WORDS)


def is_usual_name(text: str) -> bool:
    """Whether the text is certainly the name of a column, in whatever language."""
    return is_known_name(text) or (len(text) <= _MAX_NAME and _fold(text) in _USUAL)


def may_be_name(text: str) -> bool:
    """Whether the text is often the name of a column, though it may be a value too."""
    return is_usual_name(text) or fold_name(text) in OTHER_NAMES or (len(text) <= _MAX_NAME and _fold(text) in _DOUBTFUL)
