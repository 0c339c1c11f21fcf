-- A ticket may be passed on to somebody else, whose name is printed on it; with an address of their own it is theirs alone.
alter table ticket add column holder_name text not null default '';
alter table ticket add column holder_email text not null default '';
alter table ticket add column voided_at timestamptz;

-- Mails to buyers and to holders of tickets: what is to be sent, what was, and what never will be, with the reason.
create table mail (
    id             uuid primary key,         -- also of its Message-ID, so that every try is the same mail
    order_id       uuid not null references sale_order,
    ticket_id      uuid references ticket,   -- where it brings this ticket alone
    kind           text not null check (kind in ('order', 'again', 'reissued', 'transferred')),
    fact_id        bigint unique,            -- of the outbox: a fact that is told twice is one mail
    recipient      text not null,
    recipient_name text not null default '',
    state          text not null default 'queued' check (state in ('queued', 'sent', 'failed')),
    attempts       int not null default 0,
    error          text not null default '', -- why the last try did not succeed, in the words of the mail server
    due_at         timestamptz not null default now(),
    created_at     timestamptz not null default now(),
    ended_at       timestamptz,
    check ((state = 'queued') = (ended_at is null))
);
create index mail_due on mail (due_at) where state = 'queued';
create index mail_by_order on mail (order_id, created_at desc);
