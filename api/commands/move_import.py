"""What is done to an import that exists: each loads it, checks the version that the client saw, makes one move and sends what follows."""

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from uuid import UUID

from api.auth.actor import Actor, require_member
from api.commands.deps import Deps
from api.commands.ids import require_id
from api.commands.options import ColumnChoice, OptionsPatch, patch_options, read_mapping, require_lists
from api.commands.overtaken import ask_again_if_overtaken
from api.commands.retry_import import find_obstacles
from models.database import Writing, reading, writing, writing_end
from models.errors import InvalidRequest, WrongState
from models.lifecycle import CANCELLABLE, require_one_of
from models.queries import audit, transitions
from models.queries.imports import require_import, require_version
from models.queries.remains import Part, require_kept
from models.queries.reports import request_report
from models.queries.sending import FollowUp
from models.tables import ImportJob
from models.tables.import_options import ImportOptions
from models.vocabulary import MAX_REASON_LENGTH, ImportStatus, ReportFormat

Move = Callable[[Writing, ImportJob], list[FollowUp]]


def update_import(
    deps: Deps,
    actor: Actor,
    import_id: str,
    *,
    version: int | None,
    mapping: Sequence[ColumnChoice] | None,
    options: OptionsPatch | None,
) -> ImportJob:
    """Change the mapping, as a whole, or some options; the import is planned again."""

    def move(tx: Writing, job: ImportJob) -> list[FollowUp]:
        current = ImportOptions.model_validate(job.options)
        patched = current if options is None else patch_options(current, options)
        require_lists(tx, actor.tenant_id, patched.list_ids)
        chosen = read_mapping(mapping, patched)
        stored = None if options is None else patched.model_dump(mode="json")
        return transitions.remap(tx, job, mapping=chosen, options=stored, actor=actor.name)

    return _move(deps, actor, import_id, version, move)


def start_import(deps: Deps, actor: Actor, import_id: str, *, version: int | None, plan_hash: str | None) -> ImportJob:
    """Apply the plan."""
    settings = deps.settings
    return _move(
        deps,
        actor,
        import_id,
        version,
        lambda tx, job: transitions.start(
            tx,
            job,
            plan_hash=plan_hash,
            concurrent_imports=settings.concurrent_imports,
            in_flight=settings.batches_in_flight,
            actor=actor.name,
        ),
    )


def cancel_import(deps: Deps, actor: Actor, import_id: str, *, version: int | None) -> ImportJob:
    """End the import where it stands."""
    require_member(actor)
    with reading(deps.database) as tx:
        job = require_import(tx, actor.tenant_id, require_id(import_id, "import"))
    # Only now: it lets what is being written break off, which is nobody's to ask for whose import it is not.
    require_version(job, version)
    require_one_of(ImportStatus(job.status), CANCELLABLE, "cancelled")
    return _move(
        deps,
        actor,
        import_id,
        version,
        lambda tx, job: transitions.cancel(tx, job, actor.name),
        lambda: writing_end(deps.database, job.id),
    )


def retry_import(deps: Deps, actor: Actor, import_id: str, *, version: int | None) -> ImportJob:
    """Take up what failed or was left unprocessed."""
    require_member(actor)
    with reading(deps.database) as tx:
        job = require_import(tx, actor.tenant_id, require_id(import_id, "import"))
    # Asked of the store before the transaction; what else stands in the way is found in it.
    (obstacle,) = find_obstacles(deps, actor, [job])
    if obstacle is not None and obstacle.code == "file_gone":
        raise WrongState(obstacle.message, code=obstacle.code)
    return _move(deps, actor, import_id, version, lambda tx, job: transitions.retry(tx, job, actor.name))


def roll_back_import(deps: Deps, actor: Actor, import_id: str, *, version: int | None, reason: str | None) -> ImportJob:
    """Undo what the import did. Raises InvalidRequest (text_too_long) for a reason that is longer than is kept."""
    if reason is not None and len(reason) > MAX_REASON_LENGTH:
        raise InvalidRequest(f"The reason has at most {MAX_REASON_LENGTH:,} characters.", code="text_too_long", path=("input", "reason"))
    in_flight = deps.settings.batches_in_flight
    return _move(
        deps,
        actor,
        import_id,
        version,
        lambda tx, job: transitions.roll_back(tx, job, reason=reason, in_flight=in_flight, actor=actor.name),
    )


def delete_import(deps: Deps, actor: Actor, import_id: str, *, version: int | None) -> UUID:
    """Take a finished import from the history, with its files; its contacts stay."""
    return _move(deps, actor, import_id, version, lambda tx, job: transitions.delete(tx, job, actor.name)).id


def request_error_report(deps: Deps, actor: Actor, import_id: str, *, report_format: ReportFormat) -> ImportJob:
    """Have the error report made in a format."""

    def move(tx: Writing, job: ImportJob) -> list[FollowUp]:
        # Held, so that no sweep of the chunks begins before it can see the report.
        require_kept(tx, job, Part.CHUNKS)
        audit.record_import(tx, job, actor.name, "report.requested", format=report_format.value)
        return request_report(tx, job, report_format)

    return _move(deps, actor, import_id, None, move)


def _move(
    deps: Deps,
    actor: Actor,
    import_id: str,
    version: int | None,
    move: Move,
    begin: Callable[[], AbstractContextManager[Writing]] | None = None,
) -> ImportJob:
    """Move an import in one transaction: a plain one, or one that is begun as given."""
    require_member(actor)

    def ask() -> tuple[ImportJob, list[FollowUp]]:
        with begin() if begin else writing(deps.database) as tx:
            job = require_import(tx, actor.tenant_id, require_id(import_id, "import"))
            require_version(job, version)
            return job, move(tx, job)

    job, follow_ups = ask_again_if_overtaken(version, ask)
    deps.outbox.send(follow_ups)
    return job
