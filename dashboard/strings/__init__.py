"""Every sentence the dashboard shows, in English, in one place to translate: a part for each page, all under one roof."""

from dashboard.strings.analytics import *
from dashboard.strings.audit import *
from dashboard.strings.cancelling import *
from dashboard.strings.contacts import *
from dashboard.strings.encodings import *
from dashboard.strings.fields import *
from dashboard.strings.fixing import *
from dashboard.strings.history import *
from dashboard.strings.imports import *
from dashboard.strings.issues import *
from dashboard.strings.mapping import *
from dashboard.strings.options import *
from dashboard.strings.plan import *
from dashboard.strings.progress import *
from dashboard.strings.reading import *
from dashboard.strings.results import *
from dashboard.strings.shared import *
from dashboard.strings.sign_in import *
from dashboard.strings.upload import *
