import { MigrationInterface, QueryRunner } from "typeorm";

export class OrderPublicId1760000300000 implements MigrationInterface {
    name = 'OrderPublicId1760000300000'

    public async up(queryRunner: QueryRunner): Promise<void> {
        await queryRunner.query(`ALTER TABLE "order" ADD "publicId" uuid NOT NULL DEFAULT gen_random_uuid()`);
    }

    public async down(queryRunner: QueryRunner): Promise<void> {
        await queryRunner.query(`ALTER TABLE "order" DROP COLUMN "publicId"`);
    }

}
