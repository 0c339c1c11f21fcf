"""Reads a calendar from standard input as icalendar does and says what is in it, as JSON."""
import json
import sys

from icalendar import Calendar

calendar = Calendar.from_ical(sys.stdin.buffer.read())
events = calendar.walk("VEVENT")
event = events[0]
out = {name: str(event[name]) for name in
       ("summary", "location", "description", "url", "uid", "status", "attendee", "organizer") if name in event}
if "organizer" in event:
    out["organizer_name"] = str(event["organizer"].params["CN"])
out.update(
    events=len(events),
    method=str(calendar["method"]),
    alarms=len(event.walk("VALARM")),
    sequence=int(event["sequence"]),
    dtstart=event["dtstart"].dt.isoformat(),
    dtend=event["dtend"].dt.isoformat(),
    dtstamp=event["dtstamp"].dt.isoformat(),
)
print(json.dumps(out))
