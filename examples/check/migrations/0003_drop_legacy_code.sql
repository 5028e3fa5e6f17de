-- evenkeel-ignore data-loss, old-code-breaks: no release since 41 reads or writes it
ALTER TABLE customers DROP COLUMN legacy_code;
