"""Small pieces that every page is made of: data in, Dash component out."""
