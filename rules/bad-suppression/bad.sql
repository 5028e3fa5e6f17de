-- evenkeel-ignore data-loss
ALTER TABLE orders DROP COLUMN note;
