from authly import *
from django_settings import *

INSTALLED_APPS += [
    'allauth',
    'allauth.account',
    'allauth.socialaccount',
    'allauth.socialaccount.providers.openid_connect',
]
MIDDLEWARE += ['allauth.account.middleware.AccountMiddleware']
AUTHENTICATION_BACKENDS = ['allauth.account.auth_backends.AuthenticationBackend']
SOCIALACCOUNT_LOGIN_ON_GET = True
