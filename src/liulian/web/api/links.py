"""Short links over HTTP: the first and the last step of the way of one short link."""

from fastapi import APIRouter

router = APIRouter(tags=["links"])
