import { MigrationInterface, QueryRunner } from "typeorm";

export class OrderTotalBigint1760000400000 implements MigrationInterface {
    name = 'OrderTotalBigint1760000400000'

    public async up(queryRunner: QueryRunner): Promise<void> {
        await queryRunner.query(`ALTER TABLE "order" DROP COLUMN "total"`);
        await queryRunner.query(`ALTER TABLE "order" ADD "total" bigint NOT NULL DEFAULT '0'`);
        await queryRunner.query(`ALTER TABLE "order" DROP COLUMN "status"`);
        await queryRunner.query(`ALTER TABLE "order" ADD "status" character varying(100) NOT NULL DEFAULT 'new'`);
    }

    public async down(queryRunner: QueryRunner): Promise<void> {
        await queryRunner.query(`ALTER TABLE "order" DROP COLUMN "status"`);
        await queryRunner.query(`ALTER TABLE "order" ADD "status" character varying(50) NOT NULL DEFAULT 'new'`);
        await queryRunner.query(`ALTER TABLE "order" DROP COLUMN "total"`);
        await queryRunner.query(`ALTER TABLE "order" ADD "total" integer NOT NULL DEFAULT '0'`);
    }

}
