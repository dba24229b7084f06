"""Sign-in links, sessions and tokens."""

from datetime import timedelta

from sqlalchemy import update

from api.commands.tokens import find_token, issue_token, make_sign_in_link
from models.clock import utc_now
from models.database import reading, writing
from models.queries import accounts
from models.tables import ApiToken, SignInLink
from models.vocabulary import Role
from tests.api.door import TENANT, Door

QUERY = "{ imports { totalCount } }"
PREFLIGHT = {"GraphQL-Preflight": "1"}


def code_of(door: Door) -> str:
    return make_sign_in_link(door.rig.deps.database, door.settings, TENANT).rpartition("code=")[2]


async def test_a_link_signs_in_once(door: Door) -> None:
    code = code_of(door)
    page = await door.http.get("/sign-in", params={"code": code})
    assert page.status_code == 200
    assert code in page.text
    first = await door.http.post("/sign-in", data={"code": code})
    assert first.status_code == 303
    assert first.headers["location"] == "/"
    cookie = first.headers["set-cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=lax" in cookie
    assert "Secure" not in cookie
    second = await door.http.post("/sign-in", data={"code": code})
    assert second.status_code == 400
    assert "used already or has expired" in second.text


async def test_looking_at_a_link_does_not_use_it_up(sqlite_door: Door) -> None:
    code = code_of(sqlite_door)
    for _ in range(3):
        await sqlite_door.http.get("/sign-in", params={"code": code})
    assert (await sqlite_door.http.post("/sign-in", data={"code": code})).status_code == 303


async def test_the_page_lets_its_form_say_where_it_comes_from(sqlite_door: Door) -> None:
    policy = (await sqlite_door.http.get("/sign-in")).headers["referrer-policy"]
    assert policy == "same-origin"


async def test_a_link_expires(door: Door) -> None:
    code = code_of(door)
    with writing(door.rig.deps.database) as tx:
        tx.execute(update(SignInLink).values(expires_at=utc_now() - timedelta(seconds=1)))
    assert (await door.http.post("/sign-in", data={"code": code})).status_code == 400


async def test_another_site_cannot_sign_a_browser_in(sqlite_door: Door) -> None:
    code = code_of(sqlite_door)
    for headers in ({"Origin": "https://evil.test"}, {"Origin": "null"}, {"Sec-Fetch-Site": "cross-site"}):
        assert (await sqlite_door.http.post("/sign-in", data={"code": code}, headers=headers)).status_code == 403
    own = await sqlite_door.http.post(
        "/sign-in", data={"code": code}, headers={"Origin": "http://rolodock.test", "Sec-Fetch-Site": "same-origin"}
    )
    assert own.status_code == 303


async def test_a_token_opens_a_session_that_ends_with_it(sqlite_door: Door) -> None:
    database = sqlite_door.rig.deps.database
    token = issue_token(database, TENANT, Role.VIEWER)
    opened = await sqlite_door.http.post("/sign-in", data={"token": token})
    sqlite_door.http.cookies.clear()
    headers = {"Cookie": opened.headers["set-cookie"].partition(";")[0], **PREFLIGHT}
    assert (await sqlite_door.post(QUERY, token="", **headers)).status_code == 200
    with writing(database) as tx:
        tx.execute(update(ApiToken).values(revoked_at=utc_now()))
    assert (await sqlite_door.post(QUERY, token="", **headers)).status_code == 401


async def test_a_changed_cookie_is_nobody(sqlite_door: Door) -> None:
    opened = dict(await sqlite_door.sign_in())
    name, _, signed = opened["Cookie"].partition("=")
    # What is signed, its time and its signature each change in their first character: the last one holds bits that mean nothing.
    for part in range(3):
        parts = signed.split(".")
        parts[part] = ("A" if parts[part][0] != "A" else "B") + parts[part][1:]
        changed = {**opened, "Cookie": f"{name}={'.'.join(parts)}"}
        assert (await sqlite_door.post(QUERY, token="", **changed, **PREFLIGHT)).status_code == 401
    assert (await sqlite_door.post(QUERY, token="", **opened, **PREFLIGHT)).status_code == 200


async def test_signing_out_takes_the_cookie_away(sqlite_door: Door) -> None:
    answer = await sqlite_door.http.post("/sign-out")
    assert answer.status_code == 303
    assert "Max-Age=0" in answer.headers["set-cookie"]


async def test_a_token_is_kept_as_a_hash(door: Door) -> None:
    database = door.rig.deps.database
    token = issue_token(database, TENANT, Role.MEMBER, user_name="robot")
    assert token.startswith("rdk_")
    actor = find_token(database, token)
    assert actor is not None
    assert (actor.name, actor.role) == ("robot", Role.MEMBER)
    with reading(database) as tx:
        assert accounts.find_token(tx, token) is None


def test_the_page_shows_no_markup_of_others() -> None:
    from api.http.sign_in import _page

    assert b"<script>" not in bytes(_page(code='"><script>alert(1)</script>').body)
