-- A data directory as the first version of the schema left it: four images, findings (one of them hidden), layers, keys and tasks. Made by that version's own commands.
CREATE TABLE schema_version (version INTEGER NOT NULL);
CREATE TABLE access_key (
    secret_id TEXT NOT NULL PRIMARY KEY,
    account_id TEXT NOT NULL,
    secret_key TEXT NOT NULL,
    name TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    disabled_at INTEGER
  );
CREATE INDEX access_key_account ON access_key (account_id, created_at);
CREATE TABLE engine (id INTEGER PRIMARY KEY, fingerprint TEXT NOT NULL UNIQUE);
CREATE TABLE content (
    id INTEGER PRIMARY KEY,
    sha256 BLOB NOT NULL UNIQUE,
    md5 BLOB,
    sha1 BLOB,
    size INTEGER NOT NULL,
    file_type TEXT NOT NULL
  );
CREATE TABLE verdict (
    content_id INTEGER NOT NULL,
    engine_id INTEGER NOT NULL,
    detections TEXT,
    PRIMARY KEY (content_id, engine_id)
  ) WITHOUT ROWID;
CREATE INDEX verdict_detected ON verdict (engine_id, content_id) WHERE detections IS NOT NULL;
CREATE TABLE layer (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    diff_id TEXT NOT NULL,
    state TEXT NOT NULL,
    touched_at INTEGER NOT NULL,
    files INTEGER NOT NULL DEFAULT 0,
    contents INTEGER NOT NULL DEFAULT 0,
    bytes INTEGER NOT NULL DEFAULT 0,
    os_name TEXT NOT NULL DEFAULT '',
    skipped TEXT NOT NULL DEFAULT '[]'
  );
CREATE UNIQUE INDEX layer_finished ON layer (diff_id) WHERE state = 'finished';
CREATE INDEX layer_unfinished ON layer (touched_at) WHERE state IN ('reading', 'dropping');
CREATE TABLE layer_engine (layer_id INTEGER NOT NULL, engine_id INTEGER NOT NULL, PRIMARY KEY (layer_id, engine_id)) WITHOUT ROWID;
CREATE TABLE file_entry (
    layer_id INTEGER NOT NULL,
    path TEXT NOT NULL,
    ordinal INTEGER NOT NULL,
    kind INTEGER NOT NULL,
    content_id INTEGER,
    size INTEGER NOT NULL,
    mode INTEGER NOT NULL,
    mtime INTEGER NOT NULL,
    uid INTEGER NOT NULL,
    gid INTEGER NOT NULL,
    link TEXT NOT NULL,
    PRIMARY KEY (layer_id, path, ordinal)
  ) WITHOUT ROWID;
CREATE INDEX file_entry_content ON file_entry (layer_id, content_id) WHERE content_id IS NOT NULL;
CREATE INDEX file_entry_open_link ON file_entry (layer_id, kind, content_id, link) WHERE kind = 1 AND content_id IS NULL;
CREATE TABLE entry_pending (
    layer_id INTEGER NOT NULL,
    ordinal INTEGER NOT NULL,
    path TEXT NOT NULL,
    sha256 BLOB,
    PRIMARY KEY (layer_id, ordinal, path)
  ) WITHOUT ROWID;
CREATE TABLE place_detection (
    layer_id INTEGER NOT NULL,
    engine_id INTEGER NOT NULL,
    path TEXT NOT NULL,
    ordinal INTEGER NOT NULL,
    detections TEXT NOT NULL,
    PRIMARY KEY (layer_id, engine_id, path, ordinal)
  ) WITHOUT ROWID;
CREATE TABLE image (
    image_key INTEGER PRIMARY KEY AUTOINCREMENT,
    account_id TEXT NOT NULL,
    id TEXT NOT NULL,
    id_folded TEXT NOT NULL,
    digest TEXT NOT NULL,
    reference TEXT NOT NULL,
    reference_folded TEXT NOT NULL,
    platform TEXT NOT NULL,
    created TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    author TEXT NOT NULL,
    size INTEGER NOT NULL,
    source_target TEXT NOT NULL,
    source_platform TEXT NOT NULL,
    source_insecure INTEGER NOT NULL,
    os_name TEXT NOT NULL,
    first_seen INTEGER NOT NULL,
    last_seen INTEGER NOT NULL,
    scan_state TEXT,
    scan_started INTEGER,
    scan_finished INTEGER,
    scan_time INTEGER NOT NULL DEFAULT 0,
    scan_touched INTEGER NOT NULL DEFAULT 0,
    scan_progress INTEGER NOT NULL DEFAULT 0,
    scan_remaining INTEGER NOT NULL DEFAULT 0,
    scan_error TEXT NOT NULL DEFAULT '',
    scan_complete INTEGER NOT NULL DEFAULT 0,
    scan_stats TEXT,
    visible_findings INTEGER NOT NULL DEFAULT 0,
    findings INTEGER NOT NULL DEFAULT 0,
    findings_revision INTEGER NOT NULL DEFAULT 0,
    UNIQUE (account_id, id)
  );
CREATE INDEX image_running ON image (scan_touched) WHERE scan_state = 'running';
CREATE INDEX image_last_seen ON image (account_id, last_seen);
CREATE INDEX image_created ON image (account_id, created_at);
CREATE INDEX image_size ON image (account_id, size);
CREATE INDEX image_name ON image (account_id, reference_folded);
CREATE INDEX image_scan_time ON image (account_id, scan_time);
CREATE INDEX image_findings ON image (account_id, visible_findings);
CREATE TABLE image_layer (
    account_id TEXT NOT NULL,
    image_key INTEGER NOT NULL,
    position INTEGER NOT NULL,
    digest TEXT NOT NULL,
    diff_id TEXT NOT NULL,
    size INTEGER NOT NULL,
    created_by TEXT NOT NULL,
    PRIMARY KEY (account_id, image_key, position)
  ) WITHOUT ROWID;
CREATE TABLE finding_verdict (id INTEGER PRIMARY KEY, account_id TEXT NOT NULL, digest BLOB NOT NULL, body TEXT NOT NULL, UNIQUE (account_id, digest));
CREATE TABLE finding (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    account_id TEXT NOT NULL,
    image_key INTEGER NOT NULL,
    hidden INTEGER NOT NULL,
    severity INTEGER NOT NULL,
    first_seen INTEGER NOT NULL,
    last_seen INTEGER NOT NULL,
    size INTEGER NOT NULL,
    name TEXT NOT NULL,
    name_folded TEXT NOT NULL,
    file_name TEXT NOT NULL,
    file_name_folded TEXT NOT NULL,
    path TEXT NOT NULL,
    layer TEXT NOT NULL,
    sha256 BLOB NOT NULL,
    md5 BLOB NOT NULL,
    sha1 BLOB NOT NULL,
    file_type TEXT NOT NULL,
    verdict_id INTEGER NOT NULL
  );
CREATE INDEX finding_last_seen ON finding (account_id, image_key, last_seen, id, hidden);
CREATE INDEX finding_first_seen ON finding (account_id, image_key, first_seen, id, hidden);
CREATE INDEX finding_severity ON finding (account_id, image_key, severity, id, hidden);
CREATE INDEX finding_path ON finding (account_id, image_key, path, id, hidden);
CREATE INDEX finding_size ON finding (account_id, image_key, size, id, hidden);
CREATE INDEX finding_name ON finding (account_id, image_key, name, id, hidden);
CREATE INDEX finding_file_name ON finding (account_id, image_key, file_name, id, hidden);
CREATE INDEX finding_of_verdict ON finding (verdict_id);
CREATE TABLE task (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    account_id TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    finished_at INTEGER,
    deadline INTEGER NOT NULL,
    state TEXT NOT NULL,
    timeout_seconds INTEGER NOT NULL,
    total INTEGER NOT NULL,
    ended INTEGER NOT NULL DEFAULT 0,
    succeeded INTEGER NOT NULL DEFAULT 0,
    infected INTEGER NOT NULL DEFAULT 0
  );
CREATE INDEX task_account ON task (account_id, id);
CREATE TABLE task_image (
    account_id TEXT NOT NULL,
    task_id INTEGER NOT NULL,
    image_id TEXT NOT NULL,
    position INTEGER NOT NULL,
    state TEXT NOT NULL,
    owner TEXT,
    lease_until INTEGER,
    PRIMARY KEY (account_id, task_id, image_id)
  ) WITHOUT ROWID;
CREATE INDEX task_image_open ON task_image (state, task_id, position) WHERE state IN ('queued', 'running');
CREATE UNIQUE INDEX task_image_busy ON task_image (account_id, image_id) WHERE state IN ('queued', 'running');
INSERT INTO schema_version (version) VALUES (1);
INSERT INTO access_key (secret_id, account_id, secret_key, name, created_at, disabled_at) VALUES ('AKIDfirstworking', 'default', 'secret-of-the-first-working', 'working', 1795534646397, NULL);
INSERT INTO access_key (secret_id, account_id, secret_key, name, created_at, disabled_at) VALUES ('AKIDfirstlost', 'default', 'secret-of-the-first-lost', 'lost', 1795534646642, 1795534646902);
INSERT INTO engine (id, fingerprint) VALUES (1, 'c3c19c36cdf7155387d8bf71ed77d4f6b54320e8b0105747ec8ebab2b75868ed');
INSERT INTO content (id, sha256, md5, sha1, size, file_type) VALUES (1, X'a4512631117bb6785ac25e6e5f9f76ae93a525a4c90f6faec5d759fd8bf47ed3', NULL, NULL, 28, 'text');
INSERT INTO content (id, sha256, md5, sha1, size, file_type) VALUES (2, X'e4acd4adefe11cc0238d3dd0167d1c180fd5092a14ec5d9bdd20ca99317530e0', X'a881269bfd3d9910ca395b30756ab17f', X'6682991a9991897dcb5a276672ecc68ae9563136', 19, 'text');
INSERT INTO content (id, sha256, md5, sha1, size, file_type) VALUES (3, X'9c717df1da3d9532aa4ae9de1be856848e2a19ddf6055f505cc3478a57d3d1b8', X'269264402f76e152ce45075354eb8a1a', X'b54d02186af82a11be591dd13b35084a146e351e', 18, 'text');
INSERT INTO content (id, sha256, md5, sha1, size, file_type) VALUES (4, X'15de87ef0fb1b8cfdad97fd277cbfea73b034441e9a10057f164fa6c0fdad99d', X'80cdfd4d44ae3e1ffa316c1bdc2f7282', X'27071426988cff2d808c7eca0e7b1685d6c432e6', 25, 'text');
INSERT INTO content (id, sha256, md5, sha1, size, file_type) VALUES (5, X'caf1a2ae540d12370880bc545efa0710e1385c01ae367733aa503e5a913f8421', NULL, NULL, 8, 'text');
INSERT INTO verdict (content_id, engine_id, detections) VALUES (1, 1, NULL);
INSERT INTO verdict (content_id, engine_id, detections) VALUES (2, 1, '[{"engine":"yara","kind":"signature","rule":"Trojan","pack":"rules.yar","name":"Test.Trojan.Old","severity":"high","tags":[],"author":"","reference":"","licence":"","description":{"en":"The file matches rule Trojan of rule pack rules.yar.","zh":"该文件匹配规则包 rules.yar 的规则 Trojan。"},"advice":{"en":"Find out where the file comes from. If nobody expects it, isolate the container, keep a sample, remove the file and rebuild the image from a trusted base.","zh":"请确认该文件的来源。如非预期文件,请隔离容器、保留样本、删除该文件,并基于可信的基础镜像重新构建镜像。"}}]');
INSERT INTO verdict (content_id, engine_id, detections) VALUES (3, 1, '[{"engine":"yara","kind":"signature","rule":"Miner","pack":"rules.yar","name":"Test.Miner.Old","severity":"medium","tags":[],"author":"","reference":"","licence":"","description":{"en":"The file matches rule Miner of rule pack rules.yar.","zh":"该文件匹配规则包 rules.yar 的规则 Miner。"},"advice":{"en":"Find out where the file comes from. If nobody expects it, isolate the container, keep a sample, remove the file and rebuild the image from a trusted base.","zh":"请确认该文件的来源。如非预期文件,请隔离容器、保留样本、删除该文件,并基于可信的基础镜像重新构建镜像。"}}]');
INSERT INTO verdict (content_id, engine_id, detections) VALUES (4, 1, '[{"engine":"yara","kind":"signature","rule":"Trojan","pack":"rules.yar","name":"Test.Trojan.Old","severity":"high","tags":[],"author":"","reference":"","licence":"","description":{"en":"The file matches rule Trojan of rule pack rules.yar.","zh":"该文件匹配规则包 rules.yar 的规则 Trojan。"},"advice":{"en":"Find out where the file comes from. If nobody expects it, isolate the container, keep a sample, remove the file and rebuild the image from a trusted base.","zh":"请确认该文件的来源。如非预期文件,请隔离容器、保留样本、删除该文件,并基于可信的基础镜像重新构建镜像。"}}]');
INSERT INTO verdict (content_id, engine_id, detections) VALUES (5, 1, NULL);
INSERT INTO layer (id, diff_id, state, touched_at, files, contents, bytes, os_name, skipped) VALUES (1, 'sha256:4b36c8b69b0fd768bc94496f75cce8b1b168ba3a5fc208b7eaafc9af04b81360', 'finished', 1795534643647, 2, 2, 47, 'Small Linux 1', '[]');
INSERT INTO layer (id, diff_id, state, touched_at, files, contents, bytes, os_name, skipped) VALUES (2, 'sha256:634a2a095857b07f86bd5e4a44dc65c638e659c9b4262b8647cee334907a2623', 'finished', 1795534643773, 2, 2, 43, '', '[]');
INSERT INTO layer (id, diff_id, state, touched_at, files, contents, bytes, os_name, skipped) VALUES (3, 'sha256:e242d5b54e4dd57193a1a4d001802a2d2dd53aaf85e69feb302692e78b9077ad', 'finished', 1795534643778, 0, 0, 0, '', '[]');
INSERT INTO layer (id, diff_id, state, touched_at, files, contents, bytes, os_name, skipped) VALUES (4, 'sha256:9b94aa67a9c917ea11edc8746b605722413361aaa6054d1f34d1eb6887d28db7', 'finished', 1795534644838, 1, 1, 8, '', '[]');
INSERT INTO layer (id, diff_id, state, touched_at, files, contents, bytes, os_name, skipped) VALUES (5, 'sha256:3254339c47995d1cc019fbc0b5aca25d7fc21d772b0aecba9c93106040149e8f', 'finished', 1795534645669, 1, 1, 18, '', '[]');
INSERT INTO layer (id, diff_id, state, touched_at, files, contents, bytes, os_name, skipped) VALUES (6, 'sha256:964d8246883b710f34bf329e3b345fee7987005e9f4bffb24e648dd2a83bb138', 'finished', 1795534646044, 1, 1, 19, '', '[]');
INSERT INTO layer_engine (layer_id, engine_id) VALUES (1, 1);
INSERT INTO layer_engine (layer_id, engine_id) VALUES (2, 1);
INSERT INTO layer_engine (layer_id, engine_id) VALUES (3, 1);
INSERT INTO layer_engine (layer_id, engine_id) VALUES (4, 1);
INSERT INTO layer_engine (layer_id, engine_id) VALUES (5, 1);
INSERT INTO layer_engine (layer_id, engine_id) VALUES (6, 1);
INSERT INTO file_entry (layer_id, path, ordinal, kind, content_id, size, mode, mtime, uid, gid, link) VALUES (1, 'etc/os-release', 0, 0, 1, 28, 420, 1700000000, 0, 0, '');
INSERT INTO file_entry (layer_id, path, ordinal, kind, content_id, size, mode, mtime, uid, gid, link) VALUES (1, 'srv/trojan', 1, 0, 2, 19, 420, 1700000000, 0, 0, '');
INSERT INTO file_entry (layer_id, path, ordinal, kind, content_id, size, mode, mtime, uid, gid, link) VALUES (2, 'srv/gone', 1, 0, 4, 25, 420, 1700000000, 0, 0, '');
INSERT INTO file_entry (layer_id, path, ordinal, kind, content_id, size, mode, mtime, uid, gid, link) VALUES (2, 'srv/tools/miner', 0, 0, 3, 18, 420, 1700000000, 0, 0, '');
INSERT INTO file_entry (layer_id, path, ordinal, kind, content_id, size, mode, mtime, uid, gid, link) VALUES (3, 'srv/.wh.gone', 0, 6, NULL, 0, 0, 1700000000, 0, 0, '');
INSERT INTO file_entry (layer_id, path, ordinal, kind, content_id, size, mode, mtime, uid, gid, link) VALUES (4, 'srv/readme', 0, 0, 5, 8, 420, 1700000000, 0, 0, '');
INSERT INTO file_entry (layer_id, path, ordinal, kind, content_id, size, mode, mtime, uid, gid, link) VALUES (5, 'srv/tools/miner', 0, 0, 3, 18, 420, 1700000000, 0, 0, '');
INSERT INTO file_entry (layer_id, path, ordinal, kind, content_id, size, mode, mtime, uid, gid, link) VALUES (6, 'index', 0, 0, 2, 19, 420, 1795534645, 0, 0, '');
INSERT INTO image (image_key, account_id, id, id_folded, digest, reference, reference_folded, platform, created, created_at, author, size, source_target, source_platform, source_insecure, os_name, first_seen, last_seen, scan_state, scan_started, scan_finished, scan_time, scan_touched, scan_progress, scan_remaining, scan_error, scan_complete, scan_stats, visible_findings, findings, findings_revision) VALUES (1, 'default', 'sha256:c0e2b345790f22ad95ff013a5bd98cef3bdc0274d7ba81005457adb60d2ccea1', 'sha256:c0e2b345790f22ad95ff013a5bd98cef3bdc0274d7ba81005457adb60d2ccea1', 'sha256:3c96fcc84514e61d0b8472e90ccd11767fd66380d7d25681c7497c3e2eb42cb1', 'demo/shop:1.0', 'demo/shop:1.0', 'linux/amd64', '2023-11-14T22:13:20.000Z', 1700000000000, '', 431, '/srv/images/first.tar', 'linux/amd64', 0, 'Small Linux 1', 1795534642945, 1795534648102, 'done', 1795534648101, 1795534648104, 1795534648104, 1795534648106, 100, 0, '', 1, '{"files":4,"contents":4,"bytes":90,"inspectedContents":0,"cachedContents":4,"cachedLayers":3,"durationMs":3}', 2, 3, 2);
INSERT INTO image (image_key, account_id, id, id_folded, digest, reference, reference_folded, platform, created, created_at, author, size, source_target, source_platform, source_insecure, os_name, first_seen, last_seen, scan_state, scan_started, scan_finished, scan_time, scan_touched, scan_progress, scan_remaining, scan_error, scan_complete, scan_stats, visible_findings, findings, findings_revision) VALUES (3, 'default', 'sha256:e44cc5d8d9fdc66d6379cb87fba863cc078daeaccb8f5d308fa25381e4303832', 'sha256:e44cc5d8d9fdc66d6379cb87fba863cc078daeaccb8f5d308fa25381e4303832', 'sha256:74282270b66fe8c052ffdf12dc135a0347e2d43f670edd45d7cb8a5142e16196', 'demo/shop:1.0', 'demo/shop:1.0', 'linux/amd64', '2023-11-14T22:13:20.000Z', 1700000000000, '', 286, '/srv/images/second.tar', 'linux/amd64', 0, 'Small Linux 1', 1795534644293, 1795534644843, 'queued', 1795534648600, NULL, 1795534648600, 1795534648601, 0, 0, '', 0, NULL, 1, 1, 1);
INSERT INTO image (image_key, account_id, id, id_folded, digest, reference, reference_folded, platform, created, created_at, author, size, source_target, source_platform, source_insecure, os_name, first_seen, last_seen, scan_state, scan_started, scan_finished, scan_time, scan_touched, scan_progress, scan_remaining, scan_error, scan_complete, scan_stats, visible_findings, findings, findings_revision) VALUES (5, 'default', 'sha256:2e32e1a3df95ac9f32690f0ce7e76005c74123603ad0054a38e4be6de5ad870c', 'sha256:2e32e1a3df95ac9f32690f0ce7e76005c74123603ad0054a38e4be6de5ad870c', 'sha256:d72b566e38802993f44331cda0c670db89d49aab5ed27a9e8fd21d6a2443da5b', 'registry.example:5000/team/app:2', 'registry.example:5000/team/app:2', 'linux/amd64', '2024-05-06T07:08:09Z', 1714979289000, '', 122, '/srv/images/third.tar', 'linux/amd64', 0, '', 1795534645506, 1795534645705, 'done', 1795534645506, 1795534645706, 1795534645706, 1795534645707, 100, 0, '', 1, '{"files":1,"contents":1,"bytes":18,"inspectedContents":0,"cachedContents":1,"cachedLayers":0,"durationMs":200}', 1, 1, 1);
INSERT INTO image (image_key, account_id, id, id_folded, digest, reference, reference_folded, platform, created, created_at, author, size, source_target, source_platform, source_insecure, os_name, first_seen, last_seen, scan_state, scan_started, scan_finished, scan_time, scan_touched, scan_progress, scan_remaining, scan_error, scan_complete, scan_stats, visible_findings, findings, findings_revision) VALUES (7, 'default', 'sha256:964d8246883b710f34bf329e3b345fee7987005e9f4bffb24e648dd2a83bb138', 'sha256:964d8246883b710f34bf329e3b345fee7987005e9f4bffb24e648dd2a83bb138', '', '/srv/images/site', '/srv/images/site', 'linux/amd64', '', 0, '', 0, 'dir:/srv/images/site', 'linux/amd64', 0, '', 1795534646001, 1795534646095, 'done', 1795534646001, 1795534646137, 1795534646137, 1795534646138, 100, 0, '', 1, '{"files":1,"contents":1,"bytes":19,"inspectedContents":0,"cachedContents":1,"cachedLayers":0,"durationMs":136}', 1, 1, 1);
INSERT INTO image_layer (account_id, image_key, position, digest, diff_id, size, created_by) VALUES ('default', 1, 0, 'sha256:7718d51cac54bdcbcf3f1a014c1b405e545c09b437dff2ff62148f5a927782d6', 'sha256:4b36c8b69b0fd768bc94496f75cce8b1b168ba3a5fc208b7eaafc9af04b81360', 182, 'step 1');
INSERT INTO image_layer (account_id, image_key, position, digest, diff_id, size, created_by) VALUES ('default', 1, 1, 'sha256:b0642e8a15c4431f25c7e7a16ce2256576fc7d7d7f43decb222b65f37def6be7', 'sha256:634a2a095857b07f86bd5e4a44dc65c638e659c9b4262b8647cee334907a2623', 167, 'step 2');
INSERT INTO image_layer (account_id, image_key, position, digest, diff_id, size, created_by) VALUES ('default', 1, 2, 'sha256:e1f0ac06e8623ef890e6020f59b12f76289463d65c23cf020fea0532cb946974', 'sha256:e242d5b54e4dd57193a1a4d001802a2d2dd53aaf85e69feb302692e78b9077ad', 82, 'step 3');
INSERT INTO image_layer (account_id, image_key, position, digest, diff_id, size, created_by) VALUES ('default', 3, 0, 'sha256:7718d51cac54bdcbcf3f1a014c1b405e545c09b437dff2ff62148f5a927782d6', 'sha256:4b36c8b69b0fd768bc94496f75cce8b1b168ba3a5fc208b7eaafc9af04b81360', 182, 'step 1');
INSERT INTO image_layer (account_id, image_key, position, digest, diff_id, size, created_by) VALUES ('default', 3, 1, 'sha256:eab1b61802950bb399198d7e3d448f5a73f5e19151e1aa0727124e37fab3b1b3', 'sha256:9b94aa67a9c917ea11edc8746b605722413361aaa6054d1f34d1eb6887d28db7', 104, 'step 2');
INSERT INTO image_layer (account_id, image_key, position, digest, diff_id, size, created_by) VALUES ('default', 5, 0, 'sha256:02ccd766d1a7b05c1fa1e3aac5352b82c6eb2e50bb405b77e0c5387134f6ba9f', 'sha256:3254339c47995d1cc019fbc0b5aca25d7fc21d772b0aecba9c93106040149e8f', 122, 'step 1');
INSERT INTO finding_verdict (id, account_id, digest, body) VALUES (1, 'default', X'8ee6503f33d486e4903405b3c832b3e873e2861a07156104300040fda7e969f3', '{"name":"Test.Trojan.Old","severity":"high","tags":[],"detections":[{"engine":"yara","kind":"signature","rule":"Trojan","pack":"rules.yar","name":"Test.Trojan.Old","severity":"high","tags":[],"author":"","reference":"","licence":"","description":{"en":"The file matches rule Trojan of rule pack rules.yar.","zh":"该文件匹配规则包 rules.yar 的规则 Trojan。"},"advice":{"en":"Find out where the file comes from. If nobody expects it, isolate the container, keep a sample, remove the file and rebuild the image from a trusted base.","zh":"请确认该文件的来源。如非预期文件,请隔离容器、保留样本、删除该文件,并基于可信的基础镜像重新构建镜像。"}}]}');
INSERT INTO finding_verdict (id, account_id, digest, body) VALUES (2, 'default', X'0eb8382de8522cf404c51f2fc9e1e89e93047d264151bb05a104d1dedf5fa4a3', '{"name":"Test.Miner.Old","severity":"medium","tags":[],"detections":[{"engine":"yara","kind":"signature","rule":"Miner","pack":"rules.yar","name":"Test.Miner.Old","severity":"medium","tags":[],"author":"","reference":"","licence":"","description":{"en":"The file matches rule Miner of rule pack rules.yar.","zh":"该文件匹配规则包 rules.yar 的规则 Miner。"},"advice":{"en":"Find out where the file comes from. If nobody expects it, isolate the container, keep a sample, remove the file and rebuild the image from a trusted base.","zh":"请确认该文件的来源。如非预期文件,请隔离容器、保留样本、删除该文件,并基于可信的基础镜像重新构建镜像。"}}]}');
INSERT INTO finding (id, account_id, image_key, hidden, severity, first_seen, last_seen, size, name, name_folded, file_name, file_name_folded, path, layer, sha256, md5, sha1, file_type, verdict_id) VALUES (1, 'default', 1, 1, 3, 1795534643809, 1795534648105, 25, 'Test.Trojan.Old', 'test.trojan.old', 'gone', 'gone', '/srv/gone', 'sha256:634a2a095857b07f86bd5e4a44dc65c638e659c9b4262b8647cee334907a2623', X'15de87ef0fb1b8cfdad97fd277cbfea73b034441e9a10057f164fa6c0fdad99d', X'80cdfd4d44ae3e1ffa316c1bdc2f7282', X'27071426988cff2d808c7eca0e7b1685d6c432e6', 'text', 1);
INSERT INTO finding (id, account_id, image_key, hidden, severity, first_seen, last_seen, size, name, name_folded, file_name, file_name_folded, path, layer, sha256, md5, sha1, file_type, verdict_id) VALUES (2, 'default', 1, 0, 2, 1795534643809, 1795534648105, 18, 'Test.Miner.Old', 'test.miner.old', 'miner', 'miner', '/srv/tools/miner', 'sha256:634a2a095857b07f86bd5e4a44dc65c638e659c9b4262b8647cee334907a2623', X'9c717df1da3d9532aa4ae9de1be856848e2a19ddf6055f505cc3478a57d3d1b8', X'269264402f76e152ce45075354eb8a1a', X'b54d02186af82a11be591dd13b35084a146e351e', 'text', 2);
INSERT INTO finding (id, account_id, image_key, hidden, severity, first_seen, last_seen, size, name, name_folded, file_name, file_name_folded, path, layer, sha256, md5, sha1, file_type, verdict_id) VALUES (3, 'default', 1, 0, 3, 1795534643809, 1795534648105, 19, 'Test.Trojan.Old', 'test.trojan.old', 'trojan', 'trojan', '/srv/trojan', 'sha256:4b36c8b69b0fd768bc94496f75cce8b1b168ba3a5fc208b7eaafc9af04b81360', X'e4acd4adefe11cc0238d3dd0167d1c180fd5092a14ec5d9bdd20ca99317530e0', X'a881269bfd3d9910ca395b30756ab17f', X'6682991a9991897dcb5a276672ecc68ae9563136', 'text', 1);
INSERT INTO finding (id, account_id, image_key, hidden, severity, first_seen, last_seen, size, name, name_folded, file_name, file_name_folded, path, layer, sha256, md5, sha1, file_type, verdict_id) VALUES (4, 'default', 3, 0, 3, 1795534644862, 1795534644862, 19, 'Test.Trojan.Old', 'test.trojan.old', 'trojan', 'trojan', '/srv/trojan', 'sha256:4b36c8b69b0fd768bc94496f75cce8b1b168ba3a5fc208b7eaafc9af04b81360', X'e4acd4adefe11cc0238d3dd0167d1c180fd5092a14ec5d9bdd20ca99317530e0', X'a881269bfd3d9910ca395b30756ab17f', X'6682991a9991897dcb5a276672ecc68ae9563136', 'text', 1);
INSERT INTO finding (id, account_id, image_key, hidden, severity, first_seen, last_seen, size, name, name_folded, file_name, file_name_folded, path, layer, sha256, md5, sha1, file_type, verdict_id) VALUES (5, 'default', 5, 0, 2, 1795534645707, 1795534645707, 18, 'Test.Miner.Old', 'test.miner.old', 'miner', 'miner', '/srv/tools/miner', 'sha256:3254339c47995d1cc019fbc0b5aca25d7fc21d772b0aecba9c93106040149e8f', X'9c717df1da3d9532aa4ae9de1be856848e2a19ddf6055f505cc3478a57d3d1b8', X'269264402f76e152ce45075354eb8a1a', X'b54d02186af82a11be591dd13b35084a146e351e', 'text', 2);
INSERT INTO finding (id, account_id, image_key, hidden, severity, first_seen, last_seen, size, name, name_folded, file_name, file_name_folded, path, layer, sha256, md5, sha1, file_type, verdict_id) VALUES (6, 'default', 7, 0, 3, 1795534646138, 1795534646138, 19, 'Test.Trojan.Old', 'test.trojan.old', 'index', 'index', '/index', '', X'e4acd4adefe11cc0238d3dd0167d1c180fd5092a14ec5d9bdd20ca99317530e0', X'a881269bfd3d9910ca395b30756ab17f', X'6682991a9991897dcb5a276672ecc68ae9563136', 'text', 1);
INSERT INTO task (id, account_id, created_at, finished_at, deadline, state, timeout_seconds, total, ended, succeeded, infected) VALUES (1, 'default', 1795534648031, 1795534648107, 1795538248031, 'done', 3600, 1, 1, 1, 1);
INSERT INTO task (id, account_id, created_at, finished_at, deadline, state, timeout_seconds, total, ended, succeeded, infected) VALUES (2, 'default', 1795534648600, NULL, 1795538248600, 'queued', 3600, 1, 0, 0, 0);
INSERT INTO task_image (account_id, task_id, image_id, position, state, owner, lease_until) VALUES ('default', 1, 'sha256:c0e2b345790f22ad95ff013a5bd98cef3bdc0274d7ba81005457adb60d2ccea1', 0, 'done', NULL, NULL);
INSERT INTO task_image (account_id, task_id, image_id, position, state, owner, lease_until) VALUES ('default', 2, 'sha256:e44cc5d8d9fdc66d6379cb87fba863cc078daeaccb8f5d308fa25381e4303832', 0, 'queued', NULL, NULL);
