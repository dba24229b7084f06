"""What is signed and not stored: the session of a browser and the link to a download."""

from datetime import datetime, timedelta
from uuid import UUID

from itsdangerous import BadData, URLSafeTimedSerializer

from models.clock import utc_now
from models.settings import Settings

SESSION_COOKIE = "rolodock_session"
_SESSION_SALT = "rolodock.session"
_DOWNLOAD_SALT = "rolodock.download"


class Signer:
    """Makes and reads signed texts, by the service's one secret key."""

    def __init__(self, settings: Settings) -> None:
        key = settings.resolved_secret_key()
        self._sessions = URLSafeTimedSerializer(key, salt=_SESSION_SALT)
        self._downloads = URLSafeTimedSerializer(key, salt=_DOWNLOAD_SALT)
        self.session_seconds = settings.session_hours * 3600
        self.download_seconds = settings.download_minutes * 60

    def sign_session(self, credential: str) -> str:
        """The cookie of somebody who signed in; `credential` says by what, and works as long as that does."""
        return str(self._sessions.dumps(credential))

    def read_session(self, cookie: str) -> str | None:
        """What the cookie's owner signed in by; None: not ours, changed or expired."""
        try:
            return str(self._sessions.loads(cookie, max_age=self.session_seconds))
        except BadData:
            return None

    def sign_download(self, tenant_id: UUID, report_id: UUID) -> str:
        """The token of a download link."""
        return str(self._downloads.dumps([str(tenant_id), str(report_id)]))

    def read_download(self, token: str) -> tuple[UUID, UUID] | None:
        """The tenant and report of a download link; None: not ours, changed or expired."""
        try:
            tenant_id, report_id = self._downloads.loads(token, max_age=self.download_seconds)
        except BadData:
            return None
        return UUID(tenant_id), UUID(report_id)

    def download_expires_at(self) -> datetime:
        """When a link that is made now stops working."""
        return utc_now() + timedelta(seconds=self.download_seconds)
