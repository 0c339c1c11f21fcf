-- Group commit of holds (design D2, docs/adr/0005): the outcome of a command on a hold is written once, with what it did,
-- by the transaction of its whole batch. Its place in the order of locks of 0001_first_sale.sql is after area_hold and
-- before map_clock, in the order of `id`.
create table hold_command (
    id          uuid primary key,            -- the first half of the SHA-256 of principal, NUL and key
    fingerprint bytea not null,              -- SHA-256 of what was asked
    outcome     text not null,               -- what a repeat is answered with, as server/holds writes it
    created_at  timestamptz not null default now()
);
create index hold_command_by_age on hold_command (created_at);
