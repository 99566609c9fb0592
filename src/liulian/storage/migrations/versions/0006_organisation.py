"""Tags, folders, favourites, notes, views, and what finds links by words."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

BigId = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
TEXTS = ("source", "medium", "campaign", "term", "content")


def upgrade() -> None:
    _create_named("tags", sa.Column("colour", sa.Text, nullable=False))
    _create_named("folders")
    _create_named("views", sa.Column("query", sa.Text, nullable=False))
    _create_named("utm_templates", *(sa.Column(name, sa.Text) for name in TEXTS))
    _create_joins()
    _create_words()
    _extend_links()
    _extend_totals()


def _create_named(name: str, *columns: sa.Column[str]) -> None:
    op.create_table(
        name,
        sa.Column("id", BigId, autoincrement=False, nullable=False),
        sa.Column("workspace_id", sa.BigInteger, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("name_key", sa.Text, nullable=False),
        sa.Column("created_at", sa.BigInteger, nullable=False),
        sa.Column("removed_at", sa.BigInteger),
        *columns,
        sa.PrimaryKeyConstraint("id", name=f"{name}_pkey"),
        sa.UniqueConstraint("workspace_id", "name_key", name=f"{name}_workspace_id_name_key_key"),
    )


def _create_joins() -> None:
    for name, other in (("link_tags", "tag_id"), ("favourites", "user_id")):
        op.create_table(
            name,
            sa.Column("link_id", BigId, autoincrement=False, nullable=False),
            sa.Column(other, sa.BigInteger, autoincrement=False, nullable=False),
            sa.Column("workspace_id", sa.BigInteger, nullable=False),
            sa.Column("shelf", sa.SmallInteger, nullable=False),
            sa.PrimaryKeyConstraint("link_id", other, name=f"{name}_pkey"),
        )
        listed = ["workspace_id", other, "shelf", "link_id"]
        op.create_index(f"{name}_{'_'.join(listed)}", name, listed)
    op.create_index("link_tags_tag_id", "link_tags", ["tag_id"])


def _create_words() -> None:
    """Make the index of words: the worker fills it. Tables of the database's own kind, which `metadata` does not know.

    SQLite takes the words as we cut them: of `ascii`, all that is not a space or a mark of ASCII is part of a word.
    """
    op.create_table(
        "word_progress",
        sa.Column("rules", sa.Integer, autoincrement=False, nullable=False),
        sa.Column("done_until", sa.BigInteger),
        sa.PrimaryKeyConstraint("rules", name="word_progress_pkey"),
    )
    if op.get_bind().dialect.name == "sqlite":
        op.execute(
            "CREATE VIRTUAL TABLE link_words USING fts5(words, tokenize = 'ascii', detail = none, columnsize = 0)"
        )
        return
    op.execute("CREATE TABLE link_words (link_id BIGINT PRIMARY KEY, words TSVECTOR NOT NULL)")
    op.execute("CREATE INDEX link_words_words ON link_words USING gin (words)")


def _extend_links() -> None:
    for column in (
        sa.Column("note", sa.Text),
        sa.Column("folder_id", sa.BigInteger),
        sa.Column("archived_at", sa.BigInteger),
        sa.Column("shelf", sa.SmallInteger, nullable=False, server_default=sa.text("0")),
        sa.Column("title_key", sa.LargeBinary),
        sa.Column("created_by_kind", sa.Text),
        sa.Column("created_by", sa.BigInteger),
    ):
        op.add_column("links", column)
    op.execute("UPDATE links SET shelf = CASE WHEN kept_for IS NULL THEN 2 ELSE 3 END WHERE deleted_at IS NOT NULL")
    if op.get_bind().dialect.name == "sqlite":
        op.execute("UPDATE links SET title_key = CAST(lower(substr(coalesce(title, slug), 1, 60)) AS BLOB)")
    else:
        op.execute("UPDATE links SET title_key = convert_to(lower(substr(coalesce(title, slug), 1, 60)), 'UTF8')")
    op.drop_index("links_workspace_id_id", "links")
    for listed in (
        ["workspace_id", "shelf", "id"],
        ["workspace_id", "shelf", "updated_at", "id"],
        ["workspace_id", "shelf", "title_key", "id"],
        ["workspace_id", "folder_id", "shelf", "id"],
        ["workspace_id", "domain_id", "shelf", "id"],
    ):
        op.create_index(f"links_{'_'.join(listed)}", "links", listed)
    _index_where("links_guarded", ["workspace_id", "shelf", "id"], "guard IS NOT NULL")
    _index_where("links_expiring", ["workspace_id", "shelf", "id"], "expires_at IS NOT NULL")
    _index_where("links_taken_down", ["workspace_id", "shelf", "id"], "taken_down IS NOT NULL")
    _index_where("links_deleted", ["deleted_at"], "shelf = 2")


def _index_where(name: str, columns: list[str], where: str) -> None:
    op.create_index(name, "links", columns, sqlite_where=sa.text(where), postgresql_where=sa.text(where))


def _extend_totals() -> None:
    op.add_column("link_totals", sa.Column("workspace_id", sa.BigInteger))
    op.add_column("link_totals", sa.Column("shelf", sa.SmallInteger, nullable=False, server_default=sa.text("0")))
    op.execute(
        "INSERT INTO link_totals (link_id, clicks, human_clicks) SELECT id, 0, 0 FROM links "
        "WHERE workspace_id IS NOT NULL AND kept_for IS NULL ON CONFLICT (link_id) DO NOTHING"
    )
    op.execute(
        "UPDATE link_totals SET workspace_id = (SELECT workspace_id FROM links WHERE id = link_id), "
        "shelf = COALESCE((SELECT shelf FROM links WHERE id = link_id), 2)"
    )
    listed = ["workspace_id", "shelf", "clicks", "link_id"]
    op.create_index(f"link_totals_{'_'.join(listed)}", "link_totals", listed)
