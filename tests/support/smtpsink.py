"""A mail server for tests, by aiosmtpd. What it takes becomes a file of the folder; the recipient's name says how it behaves:

    never@    550 to the recipient          full@    452 to the recipient, each time
    spam@     554 to the content            later@   451 to the content, the first two times
    slow@     answers the content after 40 seconds, longer than a test waits for anything else
    silent@   never answers the content

smtpsink.py FOLDER [--user NAME --password WORD] [--certificate FILE --key FILE] prints its port, then serves until its
standard input ends.
"""
import argparse
import asyncio
import json
import os
import ssl
import sys

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult

parser = argparse.ArgumentParser()
parser.add_argument("folder")
parser.add_argument("--user")
parser.add_argument("--password")
parser.add_argument("--certificate")
parser.add_argument("--key")
options = parser.parse_args()


class Sink:
    def __init__(self):
        self.count = 0
        self.later = 0

    async def handle_RCPT(self, server, session, envelope, address, rcpt_options):
        name = address.split("@")[0]
        if name == "never":
            return "550-5.1.1 There is nobody\r\n550 5.1.1 of this name here"
        if name == "full":
            return "452 4.2.2 The mailbox is full"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        name = envelope.rcpt_tos[0].split("@")[0]
        if name == "spam":
            return "554 5.7.1 This looks like spam"
        if name == "later" and self.later < 2:
            self.later += 1
            return "451 4.7.1 Greylisted, come back later"
        if name == "slow":
            await asyncio.sleep(40)
        if name == "silent":
            await asyncio.sleep(3600)
        self.count += 1
        path = os.path.join(options.folder, f"{self.count:05}")
        with open(path + ".part", "wb") as file:
            file.write(envelope.original_content or envelope.content)
        with open(path + ".said", "w", encoding="utf-8") as file:
            json.dump({"from": envelope.mail_from, "to": envelope.rcpt_tos, "tls": session.ssl is not None}, file)
        os.rename(path + ".said", path + ".json")  # Whoever looks meanwhile finds whole files only.
        os.rename(path + ".part", path + ".eml")
        return "250 OK"


def authenticate(server, session, envelope, mechanism, data):
    good = data.login == options.user.encode() and data.password == options.password.encode()
    return AuthResult(success=good, handled=False)


settings = {}
if options.certificate:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(options.certificate, options.key)
    settings.update(tls_context=context, require_starttls=True)
if options.user:
    settings.update(authenticator=authenticate, auth_required=True, auth_require_tls=bool(options.certificate))
controller = Controller(Sink(), hostname="127.0.0.1", port=0, **settings)


def start():
    """Port 0 is the system's choice, which Controller would try to reach before it is known."""
    import socket
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        controller.port = probe.getsockname()[1]
    controller.start()
    print(controller.port, flush=True)


start()
sys.stdin.read()
controller.stop()
