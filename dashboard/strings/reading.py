"""How the file was read."""

READING_TITLE = "How this file was read"
READING_ASKS = "This is not certain. Choose otherwise where it is wrong; planning the import accepts it as it stands."
READING_WHICH_FILE = "This archive holds several files. Choose the one with the contacts."
READING_UNSURE = "Please check"
READING_YOURS = "Your choice"
READING_SAID = "As you said."
READING_ROW = "Row {row}"
READING_NO_HEADER = "None"
READING_ROWS = "{count} rows"
READING_ROWS_ONE = "1 row"
READING_LEFT_OUT = "{count} left out"
READING_FAILED_TITLE = "Read it otherwise"
READING_FAILED_TEXT = "The file is still here. Change how it is read, and the import goes on."
READING_OTHERWISE = "Read it otherwise"
READING_OTHERWISE_HINT = "If something came out wrong"
FORMATS = {
    "CSV": "Delimited text",
    "XLSX": "Excel workbook",
    "XLS": "Excel workbook (.xls)",
    "XLSB": "Excel workbook (.xlsb)",
    "ODS": "OpenDocument spreadsheet",
    "JSON": "JSON",
    "JSON_LINES": "JSON Lines",
    "VCARD": "vCard",
    "ZIP": "ZIP archive",
    "GZIP": "gzip archive",
}
ARCHIVES = {"ZIP": "from a ZIP archive", "GZIP": "from a gzip archive"}
ASPECTS = {
    "dateOrder": "Dates",
    "archive": "Archive",
    "member": "File in the archive",
    "format": "Kind of file",
    "sheet": "Sheet",
    "encoding": "Encoding",
    "delimiter": "Separator",
    "quote": "Quotes",
    "escape": "Quotes within quotes",
    "comment": "Comments begin with",
    "headerRow": "Column names",
    "headerRows": "Rows of column names",
    "keys": "Left out",
    "blankRecords": "Blank rows",
}
OPTION_MEMBER = "File in the archive"
OPTION_MEMBER_HINT = "A file is read as soon as it is chosen."
OPTION_MEMBER_NONE = "Choose"
OPTION_SHEET = "Sheet"
OPTION_SHEET_HINT = "Another sheet is read as soon as it is chosen."
OPTION_LIST = "List"
OPTION_LIST_HINT = "Another list is read as soon as it is chosen."
OPTION_SUGGESTED = "{name} (suggested)"
SHEET_EMPTY = "The sheet “{sheet}” has no rows to import. The file has other sheets: choose one below."
LIST_EMPTY = "The list “{sheet}” has no contacts to import. The file has other lists: choose one below."
OPTION_HEADER_ROW = "Row of the column names"
OPTION_HEADER_ROW_HINT = "0: the file has none"
OPTION_HEADER_ROWS = "Rows that the column names take"
OPTION_HEADER_ROWS_HINT = "More than 1 where names are split over rows"
OPTION_DELIMITER = "Values are separated by"
OPTION_DELIMITER_OTHER = "or by these characters"
OPTION_DELIMITER_EXAMPLE = "such as ||"
DELIMITERS = {",": "Comma", ";": "Semicolon", "\t": "Tab", "|": "Pipe", ":": "Colon", " ": "Space", "~": "Tilde", "^": "Caret"}
OPTION_QUOTE = "Values are enclosed in"
QUOTES = {'"': "Double quotes", "'": "Apostrophes", "": "Nothing"}
ESCAPES = {"\\": "After a backslash"}
ESCAPE_NONE = "Doubled"
OPTION_ENCODING = "Encoding"
READ_AGAIN = "Read the file again"
