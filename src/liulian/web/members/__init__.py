"""The pages of a community's members, `/c/{slug}`: what they see, and what their taps do. Never what operators see."""
