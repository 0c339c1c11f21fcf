"""Reads a mail as Python's own parser does and says what is in it, as JSON: headers, tree, parts, and every fault."""
import base64
import email
import email.policy
import json
import sys

mail = email.message_from_bytes(sys.stdin.buffer.read(), policy=email.policy.SMTP)


def tree(part):
    if part.is_multipart():
        return {part.get_content_type(): [tree(inner) for inner in part.iter_parts()]}
    return part.get_content_type()


def entry(part):
    payload = part.get_payload(decode=True)
    text = payload.decode("utf-8") if part.get_content_maintype() == "text" else ""
    return {
        "type": part.get_content_type(),
        "disposition": part.get_content_disposition() or "",
        "name": part.get_filename() or "",
        "id": part.get("Content-ID", ""),
        "text": text,
        "bytes": base64.b64encode(payload).decode("ascii"),
        "params": dict(part["Content-Type"].params) if part["Content-Type"] else {},
    }


parts = [part for part in mail.walk()]
print(json.dumps({
    "headers": {name.lower(): str(value) for name, value in mail.items()},
    "count": len(mail.items()),
    "tree": tree(mail),
    "parts": [entry(part) for part in parts if not part.is_multipart()],
    "faults": [repr(defect) for part in parts for defect in part.defects]
    + [repr(defect) for value in mail.values() for defect in getattr(value, "defects", [])],
    "to": [[address.display_name, address.addr_spec] for address in mail["To"].addresses],
    "from": [[address.display_name, address.addr_spec] for address in mail["From"].addresses],
}))
