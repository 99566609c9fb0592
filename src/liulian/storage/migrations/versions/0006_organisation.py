"""Tags, folders, favourites, notes, views, and what finds links by words."""

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    pass
