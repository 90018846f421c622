"""Mail through a real SMTP conversation."""

from __future__ import annotations

import pytest

from app.outside.mail import Mail, MailError, SmtpMailer
from tests.app.outside.edges import MailEdge

MAIL = Mail("intake@harbor.example.org", "A referral", "Línea uno\nline two\n", "f00d")


def test_a_mail_arrives_as_it_was_written(mailbox: MailEdge) -> None:
    """With a Message-ID that is the same each time it is sent."""
    mailer = SmtpMailer(mailbox.url, "amparo@line.example.org")
    mailer.send(MAIL)
    mailer.send(MAIL)
    mail = mailbox.mails[0]

    assert {"<f00d@line.example.org>"} == mailbox.names
    assert ("amparo@line.example.org", "intake@harbor.example.org", "A referral") == (
        mail["From"],
        mail["To"],
        mail["Subject"],
    )
    assert "Línea uno" in bytes(mail.get_payload(decode=True)).decode()


@pytest.mark.parametrize(
    ("answer", "permanent"), [("550 no such mailbox", True), ("450 try again later", False)]
)
def test_a_refused_address_is_told_apart(mailbox: MailEdge, answer: str, permanent: bool) -> None:
    """For good, or for now; the address is not in the error."""
    mailbox.refusals.append(answer)
    with pytest.raises(MailError) as caught:
        SmtpMailer(mailbox.url, "amparo@line.example.org").send(MAIL)

    assert (permanent, int(answer[:3])) == (caught.value.permanent, caught.value.code)
    assert "harbor" not in str(caught.value)


def test_a_server_that_is_not_there_is_tried_again() -> None:
    """It may come back."""
    with pytest.raises(MailError, match="cannot be reached") as caught:
        SmtpMailer("smtp://127.0.0.1:1", "amparo@line.example.org").send(MAIL)

    assert not caught.value.permanent


def test_a_password_needs_a_server_that_takes_one(mailbox: MailEdge) -> None:
    """One that offers no login is an error to mend, not a mail that is lost."""
    with pytest.raises(MailError) as caught:
        SmtpMailer(mailbox.url.replace("//", "//user:p%40ss@"), "amparo@line.example.org").send(MAIL)

    assert not caught.value.permanent
    assert "p@ss" not in str(caught.value)


def test_a_line_break_cannot_smuggle_in_a_header(mailbox: MailEdge) -> None:
    """The mail is refused as it is made."""
    with pytest.raises(ValueError, match="linefeed"):
        SmtpMailer(mailbox.url, "amparo@line.example.org").send(
            Mail("intake@harbor.example.org", "A\nBcc: x@example.org", "text", "f00d")
        )

    assert [] == mailbox.mails
