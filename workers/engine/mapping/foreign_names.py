"""The names of columns in German, Spanish, Italian, Portuguese and Dutch that stand for one field, written as `fold_name` leaves them.

Names of two meanings ("nome", "titel", "estado") are not among them.
"""

from models.vocabulary import ContactField

_NAMES: dict[str, str] = {
    ContactField.FIRST_NAME: """
        vorname, vornamen, rufname, primer nombre, nombre de pila, nombres, nome di battesimo, primeiro nome, nome proprio, voornaam,
        voornamen, roepnaam""",
    ContactField.LAST_NAME: """
        nachname, nachnamen, familienname, zuname, apellido, apellidos, primer apellido, cognome, cognomi, sobrenome, sobrenomes,
        apelido, apelidos, ultimo nome, achternaam, familienaam""",
    ContactField.FULL_NAME: """
        vollstandiger name, vor und nachname, vorname und nachname, vorname nachname, nachname vorname, name vorname, kontaktname,
        ansprechpartner, nombre completo, nombre y apellido, nombre y apellidos, nombre apellidos, apellidos y nombre,
        nome completo, nome e cognome, cognome e nome, nome cognome, cognome nome, nominativo, nome e sobrenome, volledige naam,
        naam contactpersoon, contactpersoon""",
    ContactField.EMAIL: """
        e mail adresse, mailadresse, emailadresse, correo, correo electronico, direccion de correo, direccion de correo electronico,
        direccion de email, posta elettronica, indirizzo email, indirizzo e mail, indirizzo di posta elettronica, correio eletronico,
        endereco de email, endereco de e mail, emailadres, e mailadres, email adres, e mail adres, mailadres""",
    ContactField.PHONE: """
        telefon, telefonnummer, telefon nr, tel nr, telefonnr, festnetz, festnetznummer, rufnummer, telefono, telefonos,
        numero de telefono, telefono fijo, numero di telefono, telefono fisso, telefone, telefones, numero de telefone, telefone fixo,
        telefoon, telefoonnummer, telefoonnr, vaste telefoon""",
    ContactField.MOBILE_PHONE: """
        handy, handynummer, handy nr, mobilnummer, mobiltelefon, mobilfunk, mobilfunknummer, telefon mobil, movil, telefono movil,
        numero de movil, celular, telefono celular, numero de celular, cellulare, telefono cellulare, numero di cellulare,
        telemovel, telefone celular, telefone movel, mobiel, mobiele telefoon, mobiel nummer, mobiele nummer, gsm nummer""",
    ContactField.COMPANY: """
        firma, firmenname, unternehmen, name der firma, empresa, nombre de la empresa, nombre empresa, razon social, compania,
        organizacion, azienda, nome azienda, ragione sociale, nome da empresa, razao social, organizacao, bedrijf, bedrijfsnaam,
        organisatie, werkgever, arbeitgeber""",
    ContactField.JOB_TITLE: """
        berufsbezeichnung, stellenbezeichnung, berufstitel, jobtitel, puesto, puesto de trabajo, cargo, posizione lavorativa,
        titolo professionale, qualifica, functie, functietitel, beroep, beruf, profissao, professione""",
    ContactField.ADDRESS_LINE1: """
        strasse, strasse und hausnummer, strasse hausnummer, strasse nr, strasse und nr, anschrift, adresse strasse, postanschrift,
        direccion, direccion 1, domicilio, calle, calle y numero, indirizzo, indirizzo 1, indirizzo postale, endereco, endereco 1,
        morada, rua, logradouro, adres, adres 1, straat, straat en huisnummer, straatnaam, postadres""",
    ContactField.ADDRESS_LINE2: "adresszusatz, direccion 2, indirizzo 2, endereco 2, complemento, adres 2",
    ContactField.CITY: """
        ort, wohnort, stadt, ortschaft, adresse ort, ciudad, poblacion, localidad, municipio, citta, localita, comune, cidade,
        localidade, plaats, woonplaats, plaatsnaam""",
    ContactField.STATE: "bundesland, kanton, provincia, comunidad autonoma, regione, provincie, regiao, unidade federativa",
    ContactField.POSTAL_CODE: """
        plz, postleitzahl, adresse plz, codigo postal, codice postale, codice avviamento postale, cep""",
    ContactField.COUNTRY: "staat land, adresse land, pais, paese, nazione, pais de residencia",
    ContactField.WEBSITE: """
        webseite, webadresse, internetseite, internetadresse, internet, sitio web, pagina web, sito, sito web, sito internet, website adres,
        webadres, pagina da web""",
    ContactField.BIRTHDAY: """
        geburtstag, geburtsdatum, fecha de nacimiento, fecha nacimiento, cumpleanos, data di nascita, compleanno, data de nascimento,
        data nascimento, nascimento, geboortedatum, verjaardag, geboren am, geboren""",
    ContactField.NOTES: """
        bemerkung, bemerkungen, notiz, notizen, anmerkung, anmerkungen, kommentar, kommentare, notas, nota, comentario, comentarios,
        observaciones, osservazioni, commenti, commento, observacoes, observacao, opmerking, opmerkingen, notitie, notities""",
    ContactField.TAGS: """
        schlagwort, schlagworte, schlagworter, stichwort, stichworte, stichworter, etikett, etiketten, etiqueta, etiquetas, etichetta,
        etichette, trefwoord, trefwoorden""",
    ContactField.OWNER: "betreuer, kundenbetreuer, sachbearbeiter, zustandig, zustandiger mitarbeiter, accountmanager",
    ContactField.CONSENT: """
        einwilligung, werbeeinwilligung, newsletter abonniert, newsletter status, newsletter angemeldet, consentimiento, consenso,
        consentimento, toestemming""",
    ContactField.EXTERNAL_ID: """
        kundennummer, kundennr, kunden nr, kunden id, mitgliedsnummer, mitgliedsnr, mitglieds nr, mitglieds id, kontaktnummer, kontakt id,
        numero de cliente, codigo de cliente, id de cliente, id cliente, numero de socio, numero cliente, codice cliente, numero do cliente,
        codigo do cliente, klantnummer, klantnr, klant nr, klant id, lidnummer, relatienummer""",
}
FOREIGN_ALIASES: dict[str, tuple[str, ...]] = {
    field: tuple(" ".join(name.split()) for name in names.split(",")) for field, names in _NAMES.items()
}
