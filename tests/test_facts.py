"""Facts: what a sentence states is in what it cites; an honest paraphrase passes, an invention does not."""

# ruff: noqa: E501 - the tables read better in long lines

from __future__ import annotations

import pytest

from specdraft.facts import missing, numbers, support, vocabulary


def unsaid(text: str, *evidence: str, elsewhere: str = "") -> list[str]:
    """What the text states and the evidence does not say."""
    return missing(text, evidence, vocabulary([*evidence, elsewhere]))


SAME = [
    ("10k rows", "10,000 rows"),
    ("10,000 rows", "10k rows"),
    ("10 000 rows", "10,000 rows"),
    ("10,000 rows", "10 000 rows"),
    ("10'000 rows", "10,000 rows"),
    ("10,000 rows", "10\u202f000 rows"),
    ("1,000 users", "1.000 Benutzer"),
    ("2,000,000 events", "2 million events"),
    ("2 million events", "2M events"),
    ("1.5M events", "1.5 million events"),
    ("200 ms", "two hundred milliseconds"),
    ("5 %", "5 percent"),
    ("5%", "five per cent"),
    ("50 %", "half of the users"),
    ("0.5 s", "0,5 s"),
    ("2 weeks", "two weeks"),
    ("two weeks", "2 weeks"),
    ("25 days", "twenty-five days"),
    ("12 items", "a dozen items"),
    ("5 minutes", "5m"),
    ("5m", "5 minutes"),
    ("99.9 %", "99.90%"),
    ("3–5 days", "3 to 5 days"),
    ("3 to 5 days", "3-5 days"),
    ("0 errors", "no errors"),
    ("$5", "5 USD"),
    ("first attempt of 3", "three attempts"),
    ("p95", "95th percentile"),
    ("the 95th percentile", "p95"),
    ("2026-03-01", "1 March 2026"),
    ("1 March 2026", "2026-03-01"),
    ("March 1, 2026", "2026-03-01"),
    ("1st of March 2026", "01.03.2026"),
    ("by 1 March", "by March 1st"),
    ("starts in March 2026", "starts 2026-03-15"),
    ("on 5 May", "on 2026-05-05"),
    ("14:30 UTC", "14:30"),
    ("version 2.3.1", "v2.3.1"),
    ("v2.3.1", "version 2.3.1"),
    ("TLS 1.3", "TLS 1.3 or later"),
    ("sets `order_id`", "the column order_id"),
    ("calls `POST /exports`", "`POST` `/exports` starts one"),
    ("reads exportJob.status", "`exportJob.status` is read"),
    ("changes src/jobs/export.py", "see src/jobs/export.py."),
    ("uses SSO", "single sign-on for all"),
    ("needs MFA", "multi-factor authentication"),
    ("holds no PII", "personally identifiable information is not kept"),
    ("e.g. the export, i.e. the file", "the export writes the file"),
    ("staff and/or merchants read/write orders", "staff and merchants change orders"),
    ("It MUST NOT be stored", "it is never stored"),
    ("the JSON API over HTTPS", "the interface"),
    ("as R2 and P12 say for S3", "the text"),
    ("it runs daily", "it runs every day"),
    ("Note: Existing exports stay", "exports stay as they are"),
]
"""What is said in other words and is the same."""

OTHER = [
    ("10k rows", "10 rows", "10k"),
    ("10 rows", "10k rows", "10"),
    ("100,000 rows", "10,000 rows", "100,000"),
    ("5 %", "15 percent", "5"),
    ("0.5 s", "5 s", "0.5"),
    ("2 million events", "2 events", "2 million"),
    ("within three weeks", "within two weeks", "three weeks"),
    ("within 3 weeks", "within two weeks", "3"),
    ("2026-03-02", "1 March 2026", "2026-03-02"),
    ("1 April 2026", "2026-03-01", "April"),
    ("by 1 April", "by 1 March", "April"),
    ("starts in June", "starts soon", "June"),
    ("v2.4", "v2.3", "v2.4"),
    ("version 2.3.2", "v2.3.1", "2.3.2"),
    ("the p99", "the p95", "p99"),
    ("sets order_state", "sets the order id", "order_state"),
    ("calls /exports/{id}", "calls /exports", "/exports/{id}"),
    ("calls /exports", "merchants want exports", "/exports"),
    ("1,234,567 rows", "1,234,568 rows", "1,234,567"),
    ("see https://a.example/x.", "see https://a.example/y.", "https://a.example/x"),
    ("twenty-five days", "twenty days, then five", "twenty-five days"),
    ("reads exportJob.state", "reads exportJob", "exportJob.state"),
    ("changes src/jobs/import.py", "changes src/jobs/export.py", "src/jobs/import.py"),
    ("is `archived`", "is hidden", "archived"),
    ("sent as `orders.csv`", "sent as a file", "orders.csv"),
    ("OrderExporter writes it", "the job writes it", "OrderExporter"),
    ("std::vector holds it", "a list holds it", "std::vector"),
    ("as GDPR demands", "as the law demands", "GDPR"),
    ("paid with Stripe", "paid by card", "Stripe"),
    ("sent through Émile", "sent by courier", "Émile"),
    ("marked by March", "marked and decided, maybe in the market", "March"),
    ("retried 3 times", "retried on P3 failures", "3"),
]
"""What is said and is not there, with what must be named."""

HONEST = [
    ("Merchants wait up to 20 minutes for a CSV export.", "Today a merchant who exports orders as CSV waits up to twenty minutes before the file arrives."),
    ("Exports over 10,000 rows fail.", "Any export with more than 10k rows times out and the merchant sees an error."),
    ("Patients cannot rebook online; they call the clinic.", "There is no way to rebook online today, so patients call the clinic and wait on hold."),
    ("Half of the no-shows come from missed reminders.", "About 50% of no-shows happen because the reminder was missed."),
    ("The release to all schools waits for the pilot in two districts.", "We pilot with 2 districts; all other schools follow after the pilot."),
    ("Teachers grade on paper and type the marks in afterwards.", "Marks are written on paper during class, and teachers type them into the gradebook afterwards."),
    ("Drivers lose the route when the phone goes offline.", "If a driver's phone loses its connection, the route is lost and has to be loaded again."),
    ("Sensors report every 5 minutes.", "Each sensor sends a reading every five min."),
    ("Login with single sign-on becomes mandatory on 1 March 2026.", "From 2026-03-01 every login must go through SSO (single sign-on)."),
    ("Refunds above $500 need a second approval.", "A refund of more than 500 USD has to be approved by two people."),
    ("The p95 of search must stay below 300 ms.", "Search latency: 95th percentile < 300ms."),
    ("Accounts are deleted 30 days after the request.", "We delete the account thirty days after the customer asks for it."),
    ("Support handles 1,200 tickets a month about invoices.", "Invoices cause 1.2k tickets per month in support."),
    ("Node.js 18 reaches its end of life in April.", "Our services run on Node.js 18, which is end of life on April 30."),
    ("`user_id` is hashed before it leaves the region.", "Before leaving the region, the user_id field gets hashed."),
    ("Bookings can be cancelled until 24 hours before the visit.", "Cancelling a booking is possible up to 24h before a visit."),
    ("The migration touches 3.4 million rows.", "About 3.4M rows in the table have to be migrated."),
    ("Editors see who changed a page and when.", "A history lists each change of a page: which editor made it, and the time."),
    ("Nothing is sent between 22:00 and 7:00.", "Quiet hours: do not send from 22:00 to 07:00."),
    ("The old endpoint /v1/orders stays for six months.", "Keep `/v1/orders` alive for 6 months after launch."),
    ("A farm without a connection must still record the milk yield.", "Milk yields have to be recorded even on farms that are offline."),
    ("Players lose progress when they switch devices.", "Switching to another device resets the player's progress."),
    ("Uptime must be at least 99.9 %.", "Availability target: 99.90%."),
    ("Auditors need read access for seven years.", "Keep records for 7 years so that auditors can read them."),
    ("Der Export darf höchstens zehn Minuten dauern.", "Ein Export von Bestellungen dauert heute oft eine Stunde; erlaubt sind höchstens zehn Minuten für den ganzen Export."),
    ("Händler brauchen einen Überblick ihrer Bestellungen als Datei.", "Viele Händler bitten um eine Datei mit allen Bestellungen, damit sie die Buchhaltung und die Übersicht selbst machen."),
]  # fmt: skip
"""Statements that say what their source says."""

INVENTED = [
    ("Exports over 10,000 rows fail.", "Large exports fail."),
    ("Exports fail for 12 % of merchants.", "Exports fail for 20 % of merchants."),
    ("The export is written to `exports_v2`.", "The export is written to a table."),
    ("Files are kept in S3 under exports/daily/2026.", "Files are kept for the merchant."),
    ("Reminders are sent through Twilio.", "Reminders are sent by SMS."),
    ("Reminders go out 48 hours before the visit.", "Reminders go out before the visit."),
    ("The clinic must follow HIPAA.", "The clinic must follow the law."),
    ("The pilot runs for three weeks.", "The pilot runs first."),
    ("The pilot starts on 1 September 2026.", "The pilot starts in autumn."),
    ("Two retries, then a DLQ takes the message.", "Failed messages are retried."),
    ("A POST to /api/v2/rides opens the ride.", "The app opens the ride."),
    ("Routes are cached in Redis.", "Routes are cached on the phone."),
    ("Passwords are hashed with bcrypt_sha256.", "Passwords are hashed."),
    ("Latency stays below 200 ms at p99.", "Latency stays below 200 ms."),
    ("Teachers can undo within 10 minutes.", "Teachers can undo a mark."),
    ("The service scales to 5 million users.", "The service scales to 5 thousand users."),
    ("Refunds above $500 need approval by Finance.", "Refunds above $500 need approval."),
    ("Accounts are deleted after 30 days.", "Accounts are deleted after 90 days."),
    ("The team of Priyanka owns it.", "The team owns it."),
    ("The flag `milk_offline` guards it.", "A flag guards it."),
    ("Supports iOS 17 and later.", "Supports phones."),
    ("Uses PostgreSQL as the store.", "Uses a database as the store."),
    ("Costs about 4k EUR a month.", "Costs money every month."),
    ("Uptime must be at least 99.95 %.", "Uptime must be at least 99.9 %."),
    ("Errors are shown by the ErrorBanner component.", "Errors are shown on the page."),
    ("Backups are encrypted with AES-256.", "Backups are encrypted."),
]  # fmt: skip
"""Statements that say more."""


@pytest.mark.parametrize(("text", "evidence"), SAME)
def test_the_same_fact_in_another_form_is_found(text: str, evidence: str) -> None:
    assert unsaid(text, evidence) == []


@pytest.mark.parametrize(("text", "evidence", "extra"), OTHER)
def test_another_fact_is_named_as_it_is_written(text: str, evidence: str, extra: str) -> None:
    assert unsaid(text, evidence) == [extra]


@pytest.mark.parametrize(("text", "evidence"), HONEST)
def test_an_honest_paraphrase_passes(text: str, evidence: str) -> None:
    assert unsaid(text, evidence) == []
    assert support(text, [evidence]) >= 0.34


@pytest.mark.parametrize(("text", "evidence"), INVENTED)
def test_an_invention_is_noticed(text: str, evidence: str) -> None:
    assert unsaid(text, evidence) != []


def test_a_name_may_stand_anywhere_but_a_number_must_be_in_what_is_cited() -> None:
    assert unsaid("paid with Stripe in 3 days", "paid by card", elsewhere="Stripe takes 3 days") == ["3"]


def test_facts_may_come_from_several_passages() -> None:
    assert unsaid("3 stores in 2 days", "three stores", "two days") == []


def test_numbers_are_given_as_they_are_written() -> None:
    assert numbers("from 1,200 to 3k on 2026-03-01") == {
        "1200": "1,200", "3000": "3k", "2026": "2026-03-01", "3": "2026-03-01", "1": "2026-03-01",
    }  # fmt: skip


def test_words_that_share_nothing_with_the_source_do_not_support_it() -> None:
    assert support("Webhooks notify partner systems about shipments", ["Merchants export orders as a file."]) == 0


def test_a_few_words_cannot_tell() -> None:
    assert support("Webhooks notify partners", ["Merchants export orders."]) == 1
