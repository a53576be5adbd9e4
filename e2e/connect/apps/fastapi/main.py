import os

import uvicorn
from fastapi import Depends, FastAPI, Request
from fastapi.responses import RedirectResponse
from starlette.middleware.sessions import SessionMiddleware

from auth import access_token, oauth

app = FastAPI()
app.add_middleware(SessionMiddleware, secret_key=os.environ['SESSION_SECRET'])


@app.get('/login')
async def login(request: Request):
    return await oauth.authly.authorize_redirect(request, request.url_for('callback'))


@app.get('/callback')
async def callback(request: Request):
    tokens = await oauth.authly.authorize_access_token(request)
    request.session['user'] = dict(tokens['userinfo'])
    request.session['token'] = tokens['access_token']
    return RedirectResponse('/me')


@app.get('/me')
def me(request: Request):
    return request.session['user']


@app.get('/token')
def token(request: Request):
    return {'access_token': request.session['token']}


@app.get('/api')
def api(caller: dict = Depends(access_token)):
    return caller


@app.get('/')
def home():
    return {'signed': 'out'}


uvicorn.run(app, host=os.environ['HOST'], port=int(os.environ['PORT']))
