-- Handing a hold over between desk and customer: who offers it is shown a code, whoever enters it has the hold. Locked
-- and written under the lock of the hold's row, right after it in the order of 0001_first_sale.sql.
create table hold_handover (
    code_sha256 bytea primary key,           -- the code itself is known to its owner alone
    hold_id     uuid not null references hold,
    from_owner  text not null,
    offered_at  timestamptz not null,
    taken_by    text,                        -- null while the code is open
    taken_at    timestamptz,
    check ((taken_by is null) = (taken_at is null))
);
create index hold_handover_by_hold on hold_handover (hold_id, offered_at);
create index hold_handover_by_age on hold_handover (offered_at);
