-- What a hold costs PostgreSQL (docs/adr/0005). Thousands a second are inserted, and each had its performance looked up and
-- locked by a trigger of its own. A batch is of one performance, so its insert joins that row instead; and since no
-- performance is ever deleted, a hold that was made stays one of a performance that is there.
alter table hold drop constraint hold_performance_id_fkey;
create function refuse_delete() returns trigger language plpgsql as $$
begin
    raise exception 'rows of % are never deleted', tg_table_name using errcode = 'restrict_violation';
end $$;
create trigger performance_stays before delete or truncate on performance
    for each statement execute function refuse_delete();

-- Rows come in the order of their time, and only the daily forgetting asks for it.
drop index hold_command_by_age;
create index hold_command_by_age on hold_command using brin (created_at) with (autosummarize = on);
