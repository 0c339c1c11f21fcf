-- Holds the number until the branch that has it is merged, since migrations are numbered without gaps.
select 1;
