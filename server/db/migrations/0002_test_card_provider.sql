-- The in-process test provider keeps its own books, as a provider outside would: they outlive a kill -9 of the server,
-- and nothing but the provider reads them.
create schema test_card_provider;
create table test_card_provider.payment (
    id         uuid primary key,
    state      text not null check (state in ('authorised', 'captured', 'declined', 'cancelled')),
    amount     bigint not null,
    currency   char(3) not null,
    card_token text not null,
    reason     text not null default '',
    created_at timestamptz not null default now()
);
