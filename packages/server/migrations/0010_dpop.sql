-- Codes and refresh tokens that only the holder of one key may use: its thumbprint (RFC 7638), as RFC 9449 has it.
alter table authorization_codes add column bound_to text;
alter table refresh_tokens add column bound_to text;
