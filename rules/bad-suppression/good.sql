-- evenkeel-ignore data-loss, old-code-breaks: nothing has read or written it since release 41
ALTER TABLE orders DROP COLUMN note;
