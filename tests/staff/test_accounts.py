"""Accounts: hashes, roles, lockout under load, sessions that end."""

from __future__ import annotations

import hashlib
from concurrent.futures import ThreadPoolExecutor

import pytest
from argon2 import PasswordHasher, extract_parameters

from staff.accounts import IDLE_SECONDS, LOCKED_SECONDS, LONGEST_SECONDS, TRIES, Account, Accounts, Listed, Role
from staff.errors import RefusedError, SignInError, StaffError
from staff.state import State
from tests.staff.conftest import PASSWORD, Clock

WRONG = "not the password"


def refused(accounts: Accounts, name: str, password: str) -> str:
    with pytest.raises(SignInError) as caught:
        accounts.sign_in(name, password)
    return str(caught.value)


def test_a_password_is_kept_as_an_argon2id_hash_of_the_strength_of_the_rfc(state: State) -> None:
    Accounts(state).add("rita", Role.REVIEWER, PASSWORD, "tests")
    [(hashed,)] = state.query("SELECT password FROM accounts")
    used, standard = extract_parameters(hashed), extract_parameters(PasswordHasher().hash(""))
    assert hashed.startswith("$argon2id$")
    assert used == standard
    assert (used.memory_cost, used.time_cost) == (64 * 1024, 3)
    assert PASSWORD.encode() not in state.path.read_bytes()


def test_a_session_belongs_to_whoever_signed_in_and_its_token_is_kept_nowhere(
    accounts: Accounts, state: State, rita: Account, anna: Account
) -> None:
    tokens = [accounts.sign_in(account.name, PASSWORD) for account in (rita, anna)]
    assert [accounts.account_of(token) for token in tokens] == [rita, anna]
    assert state.query("SELECT token_sha256 FROM sessions ORDER BY account DESC") == [
        (hashlib.sha256(token.encode()).hexdigest(),) for token in tokens
    ]
    assert accounts.account_of("") is None
    assert accounts.account_of("made up") is None


def test_a_sign_in_gives_a_new_token_each_time(accounts: Accounts, rita: Account) -> None:
    assert accounts.sign_in(rita.name, PASSWORD) != accounts.sign_in(rita.name, PASSWORD)


def test_after_five_wrong_tries_the_right_password_is_refused_too(
    accounts: Accounts, rita: Account, clock: Clock
) -> None:
    messages = {refused(accounts, rita.name, WRONG) for _ in range(TRIES)}
    messages.add(refused(accounts, rita.name, PASSWORD))
    messages.add(refused(accounts, "nobody", PASSWORD))
    assert messages == {"The name or the password is not right, or the account is locked for a while."}
    assert accounts.listed() == (Listed("rita", Role.REVIEWER, disabled=False, locked=True),)
    clock.now += LOCKED_SECONDS - 1
    refused(accounts, rita.name, PASSWORD)
    clock.now += 1
    assert accounts.authenticate(rita.name, PASSWORD) == rita


def test_the_last_try_may_be_right_and_wipes_the_count(accounts: Accounts, rita: Account) -> None:
    for _ in range(3):
        for _ in range(TRIES - 1):
            refused(accounts, rita.name, WRONG)
        assert accounts.authenticate(rita.name, PASSWORD) == rita


def test_many_tries_at_once_do_not_slip_past_the_lock(accounts: Accounts, rita: Account, state: State) -> None:
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda _: refused(accounts, rita.name, WRONG), range(24)))
    details = [r.details for r in state.audit_records() if r.action == "sign-in refused"]
    assert (details.count('{"locked": false}'), details.count('{"locked": true}')) == (TRIES, 24 - TRIES)


def test_single_sign_on_is_recorded_once_for_each_time_of_use(
    accounts: Accounts, rita: Account, clock: Clock, state: State
) -> None:
    def sign_ins() -> list[tuple[str, str]]:
        return [(r.who, r.details) for r in state.audit_records() if r.action == "signed in"]

    once = ("rita", '{"by": "single sign-on"}')
    with ThreadPoolExecutor(8) as pool:
        assert set(pool.map(accounts.signed_on, [rita.name] * 24)) == {rita}
    assert sign_ins() == [once]
    for _ in range(3):
        clock.now += IDLE_SECONDS - 1
        assert accounts.signed_on(rita.name) == rita
    assert sign_ins() == [once]
    clock.now += IDLE_SECONDS
    assert accounts.signed_on(rita.name) == rita
    assert sign_ins() == [once, once]
    # What remembers it is no session: no cookie opens it.
    [(key,)] = state.query("SELECT token_sha256 FROM sessions")
    assert accounts.account_of(key) is None
    assert accounts.account_of(key.removeprefix("single sign-on ")) is None
    assert accounts.signed_on("nobody") is None
    accounts.disable(rita.name, "tests")
    assert accounts.signed_on(rita.name) is None
    assert sign_ins() == [once, once]


def test_a_session_ends_when_it_is_idle_and_after_a_day_of_work(
    accounts: Accounts, rita: Account, clock: Clock
) -> None:
    token = accounts.sign_in(rita.name, PASSWORD)
    opened = clock.now
    clock.now += IDLE_SECONDS - 1
    assert accounts.account_of(token) == rita
    clock.now += IDLE_SECONDS - 1
    assert accounts.account_of(token) == rita
    clock.now += IDLE_SECONDS
    assert accounts.account_of(token) is None
    token = accounts.sign_in(rita.name, PASSWORD)
    opened = clock.now
    while clock.now < opened + LONGEST_SECONDS - 60:
        assert accounts.account_of(token) == rita
        clock.now += 60
    clock.now = opened + LONGEST_SECONDS
    assert accounts.account_of(token) is None


def test_sign_out_a_new_password_and_a_disabled_account_end_sessions(accounts: Accounts, rita: Account) -> None:
    token = accounts.sign_in(rita.name, PASSWORD)
    other = accounts.sign_in(rita.name, PASSWORD)
    accounts.sign_out(token)
    assert (accounts.account_of(token), accounts.account_of(other)) == (None, rita)
    accounts.set_password(rita.name, "another password", "tests")
    assert accounts.account_of(other) is None
    refused(accounts, rita.name, PASSWORD)
    token = accounts.sign_in(rita.name, "another password")
    accounts.disable(rita.name, "tests")
    assert accounts.account_of(token) is None
    refused(accounts, rita.name, "another password")
    assert accounts.listed() == (Listed("rita", Role.REVIEWER, disabled=True, locked=False),)


def test_a_new_password_ends_the_lock(accounts: Accounts, rita: Account) -> None:
    for _ in range(TRIES):
        refused(accounts, rita.name, WRONG)
    accounts.set_password(rita.name, "another password", "tests")
    assert accounts.authenticate(rita.name, "another password") == rita


def test_the_log_holds_who_and_what_but_no_password_even_in_the_wrong_box(
    accounts: Accounts, rita: Account, state: State
) -> None:
    refused(accounts, PASSWORD, "rita")
    accounts.sign_in(rita.name, PASSWORD)
    assert [(r.who, r.action, r.subject, r.details) for r in state.audit_records()] == [
        ("tests", "account added", "rita", '{"role": "reviewer"}'),
        ("unknown", "sign-in refused", "unknown", '{"locked": false}'),
        ("rita", "signed in", "rita", "{}"),
    ]
    assert PASSWORD not in str(state.audit_records())


@pytest.mark.parametrize("name", ["", "x", "Rita", "rita b", "1rita", "rita\n", "é" * 3, "a" * 41])
def test_a_name_that_cannot_be_one_is_refused(accounts: Accounts, name: str) -> None:
    with pytest.raises(StaffError, match="cannot be a name"):
        accounts.add(name, Role.REVIEWER, PASSWORD, "tests")


@pytest.mark.parametrize("password", ["", "short", "x" * 11, "x" * 201])
def test_a_password_of_the_wrong_length_is_refused(accounts: Accounts, password: str) -> None:
    with pytest.raises(StaffError, match="12 to 200 characters"):
        accounts.add("rita", Role.REVIEWER, password, "tests")


def test_a_name_is_taken_for_good(accounts: Accounts, rita: Account) -> None:
    accounts.disable(rita.name, "tests")
    with pytest.raises(StaffError, match="There is an account 'rita' already"):
        accounts.add("rita", Role.APPROVER, PASSWORD, "tests")
    with pytest.raises(StaffError, match="There is no account 'nobody'"):
        accounts.disable("nobody", "tests")


def test_only_an_approver_approves(rita: Account, anna: Account) -> None:
    anna.must_approve()
    with pytest.raises(RefusedError, match="'rita' is a reviewer"):
        rita.must_approve()


def test_an_account_without_a_password_is_known_by_name_until_it_is_disabled(accounts: Accounts) -> None:
    accounts.add("sso", Role.APPROVER, None, "tests")
    assert accounts.named("sso") == Account("sso", Role.APPROVER)
    with pytest.raises(SignInError):
        accounts.sign_in("sso", "")
    accounts.disable("sso", "tests")
    assert accounts.named("sso") is None
    assert accounts.named("nobody") is None
