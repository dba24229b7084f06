"""django-import-export in bulk mode, as its documentation says is fastest: a process that imports one CSV file into PostgreSQL.

`python -m benchmarks.rival_django HOST PORT DATABASE FILE` makes the table, imports, and prints the seconds that reading and
importing took. The file must hold no row that the unique index refuses, since one of those undoes a whole import.
"""

import sys
import time
import warnings
from pathlib import Path

import django
from django.conf import settings

# What the documentation of version 4 lists under performance, and its default size of a batch.
BATCH_ROWS = 1_000
FIELDS = ("first_name", "last_name", "email", "phone", "company", "job_title", "city", "postal_code", "country", "notes")


def main(host: str, port: str, database: str, path: Path) -> None:
    """Import the file, whose header names the fields."""
    warnings.simplefilter("ignore")
    connection = {"ENGINE": "django.db.backends.postgresql", "HOST": host, "PORT": port, "NAME": database, "USER": "postgres"}
    settings.configure(
        DEBUG=False,
        DATABASES={"default": connection},
        INSTALLED_APPS=["import_export"],
        USE_TZ=True,
        DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
    )
    django.setup()
    _import(path)


def _import(path: Path) -> None:
    # Both need Django to be set up.
    from django.db import connection, models
    from import_export import resources
    from tablib import Dataset

    class Person(models.Model):
        first_name = models.TextField(blank=True)
        last_name = models.TextField(blank=True)
        email = models.TextField(unique=True)
        phone = models.TextField(blank=True)
        company = models.TextField(blank=True)
        job_title = models.TextField(blank=True)
        city = models.TextField(blank=True)
        postal_code = models.TextField(blank=True)
        country = models.TextField(blank=True)
        notes = models.TextField(blank=True)

        class Meta:
            app_label = "bench"
            db_table = "bench_django"

    class PersonResource(resources.ModelResource):
        class Meta:
            model = Person
            fields = FIELDS
            import_id_fields = ()
            use_bulk = True
            batch_size = BATCH_ROWS
            skip_diff = True
            skip_html_diff = True
            force_init_instance = True
            report_skipped = False
            use_transactions = True

    resource = PersonResource()
    with connection.schema_editor() as editor:
        editor.create_model(Person)
    began = time.perf_counter()
    with path.open(newline="", encoding="utf-8") as file:
        dataset = Dataset().load(file, format="csv")
    result = resource.import_data(dataset, raise_errors=True)
    seconds = time.perf_counter() - began
    assert not result.has_errors()
    assert Person.objects.count() == len(dataset)
    print(seconds)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], sys.argv[3], Path(sys.argv[4]))
