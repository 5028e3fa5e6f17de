-- evenkeel-ignore drop-column, data-loss: nothing has read or written it since release 41
ALTER TABLE orders DROP COLUMN note;
