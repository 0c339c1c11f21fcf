-- Keys of other sellers, who sell by the API without a session of their own.
create table api_key (
    id         uuid primary key,
    name       text not null,
    key_sha256 bytea not null unique,        -- the key itself is known to its owner alone
    places_max int check (places_max > 0),   -- of one performance; null for any number
    created_at timestamptz not null default now(),
    seen_at    timestamptz,
    revoked_at timestamptz
);
-- A name may come again once its key was revoked: a new key for the same seller.
create unique index api_key_name on api_key (name) where revoked_at is null;
