"""Everything the dashboard asks is something the API's schema answers."""

import re
from pathlib import Path

import pytest
from graphql import GraphQLSchema, parse, validate

import dashboard
from dashboard import documents

SERVER_SIDE = sorted((name, text) for name, text in vars(documents).items() if name.isupper() and not name.startswith("_"))
UPLOAD_JS = Path(dashboard.__file__).parent / "assets" / "upload.js"
BROWSER_SIDE = [(match[1], match[0]) for match in re.finditer(r"mutation (\w+)\([^`]*", UPLOAD_JS.read_text())]


def test_both_sides_have_their_documents() -> None:
    assert {name for name, _ in BROWSER_SIDE} == {"CreateUpload", "CreateImport"}
    assert "IMPORT_HEAD" in dict(SERVER_SIDE)


@pytest.mark.parametrize(("name", "text"), SERVER_SIDE + BROWSER_SIDE)
def test_document_is_valid_against_the_schema(name: str, text: str, schema: GraphQLSchema) -> None:
    assert validate(schema, parse(text)) == [], name


def test_a_field_the_schema_lacks_is_noticed(schema: GraphQLSchema) -> None:
    assert validate(schema, parse(documents.IMPORT_HEAD.replace("filename", "fileName")))
