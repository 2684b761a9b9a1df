-- 関守がふだん使う利用者 sekimori_app に、必要な権限だけを与えます。init の後に、表の所有者が一度実行してください。
-- 操作記録（entry、node、checkpoint）は、追加と参照だけができ、変更も削除もできません。
-- Gives sekimori_app, which Sekimori uses every day, what it needs and no more. The owner of the tables runs it once, after
-- init. Entries, nodes and checkpoints can be read and added to, and neither changed nor deleted.
DO $$
DECLARE
  house text := current_schema();
  app text := 'sekimori_app';
  part text;
BEGIN
  EXECUTE format('GRANT USAGE, CREATE ON SCHEMA %I TO %I', house, app);
  FOR part IN SELECT tablename FROM pg_tables WHERE schemaname = house LOOP
    IF part IN ('entry', 'node', 'checkpoint') THEN
      EXECUTE format('GRANT SELECT, INSERT ON %I.%I TO %I', house, part, app);
    ELSIF part LIKE 'at\_%' THEN
      -- Derived from the records, and made anew when a register's description changes.
      EXECUTE format('ALTER TABLE %I.%I OWNER TO %I', house, part, app);
    ELSE
      EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON %I.%I TO %I', house, part, app);
    END IF;
  END LOOP;
END
$$;
