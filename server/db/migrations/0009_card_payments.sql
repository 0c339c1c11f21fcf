-- The buyer's bank may ask the holder of the card before the provider says yes (3-D Secure).
alter table payment_attempt drop constraint payment_attempt_state_check;
alter table payment_attempt add constraint payment_attempt_state_check
    check (state in ('created', 'authorising', 'requires_action', 'authorised', 'captured', 'declined', 'cancelled',
                     'in_doubt'));
alter table payment_attempt add column action_url text not null default '';
drop index payment_attempt_one_running;
drop index payment_attempt_unsettled;
create unique index payment_attempt_one_running on payment_attempt (order_id)
    where state in ('created', 'authorising', 'requires_action', 'authorised', 'in_doubt');
create index payment_attempt_unsettled on payment_attempt (deadline)
    where state in ('created', 'authorising', 'requires_action', 'authorised', 'in_doubt');
create index payment_attempt_by_reference on payment_attempt (provider_ref) where provider_ref <> '';

-- What a provider has told us of its own accord. It tells everything at least once, and each id is heard once.
create table provider_event (
    id          text primary key,
    type        text not null,
    payment_id  uuid,                        -- ours, where it names one that we know
    received_at timestamptz not null default now()
);
create index provider_event_by_age on provider_event (received_at);

-- Payments whose end in our books is not the provider's any more: money that came late, or went without us. The
-- reconciler ends what it can; what has no end yet is a list for a person.
create table payment_review (
    payment_id uuid primary key references payment_attempt,
    reason     text not null,
    opened_at  timestamptz not null default now(),
    ask_at     timestamptz not null default now(),   -- when the provider is asked next
    closed_at  timestamptz,
    outcome    text not null default ''
);
create index payment_review_open on payment_review (ask_at) where closed_at is null;

create table test_card_provider.refund (
    id         text primary key,
    payment_id uuid not null references test_card_provider.payment,
    amount     bigint not null check (amount > 0)
);
