-- A partner's key: what it may see is linked to the partner.
alter table access_key add column party text check (party like 'party/_%:_%');
