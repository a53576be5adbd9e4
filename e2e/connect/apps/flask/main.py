import os

from flask import Flask, redirect, session, url_for

from auth import oauth

app = Flask(__name__)
app.secret_key = os.environ['SESSION_SECRET']
oauth.init_app(app)


@app.get('/login')
def login():
    return oauth.authly.authorize_redirect(url_for('callback', _external=True))


@app.get('/callback')
def callback():
    session['user'] = oauth.authly.authorize_access_token()['userinfo']
    return redirect('/me')


@app.get('/me')
def me():
    return session['user']


@app.get('/')
def home():
    return {'signed': 'out'}


app.run(host=os.environ['HOST'], port=int(os.environ['PORT']))
