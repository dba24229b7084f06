"""The tables, one class a file; importing this package makes all of them known."""

from models.tables.api_token import ApiToken
from models.tables.audit_entry import AuditEntry
from models.tables.contact import Contact
from models.tables.contact_change import ContactChange
from models.tables.contact_list import ContactList
from models.tables.contact_origin import ContactOrigin
from models.tables.directory_entry import DirectoryEntry
from models.tables.drifted_row import DriftedRow
from models.tables.edited_cell import EditedCell
from models.tables.excluded_row import ExcludedRow
from models.tables.idempotency_key import IdempotencyKey
from models.tables.import_batch import ImportBatch
from models.tables.import_chunk import ImportChunk
from models.tables.import_event import ImportEvent
from models.tables.import_issue import ImportIssue
from models.tables.import_issue_count import ImportIssueCount
from models.tables.import_job import ImportJob
from models.tables.import_run import ImportRun
from models.tables.judged_chunk import JudgedChunk
from models.tables.kept_contact import KeptContact
from models.tables.lease import Lease
from models.tables.list_member import ListMember
from models.tables.planned_chunk import PlannedChunk
from models.tables.refused_upload import RefusedUpload
from models.tables.report import Report
from models.tables.sign_in_link import SignInLink
from models.tables.tenant import Tenant
from models.tables.upload import Upload
from models.tables.user import User
from models.tables.writer_lease import WriterLease

__all__ = [
    "ApiToken",
    "AuditEntry",
    "Contact",
    "ContactChange",
    "ContactList",
    "ContactOrigin",
    "DirectoryEntry",
    "DriftedRow",
    "EditedCell",
    "ExcludedRow",
    "IdempotencyKey",
    "ImportBatch",
    "ImportChunk",
    "ImportEvent",
    "ImportIssue",
    "ImportIssueCount",
    "ImportJob",
    "ImportRun",
    "JudgedChunk",
    "KeptContact",
    "Lease",
    "ListMember",
    "PlannedChunk",
    "RefusedUpload",
    "Report",
    "SignInLink",
    "Tenant",
    "Upload",
    "User",
    "WriterLease",
]
