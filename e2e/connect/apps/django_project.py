"""A Django project around a library: the tables are made, then it listens."""

import os

import django
from django.http import HttpResponse, JsonResponse
from django.urls import path

os.environ['DJANGO_SETTINGS_MODULE'] = 'settings'


def start():
    from django.core.management import call_command

    django.setup()
    call_command('migrate', verbosity=0)
    call_command('runserver', os.environ['PORT'], use_reloader=False)


def me(request):
    if not request.user.is_authenticated:
        return HttpResponse('nobody is signed in', status=401)
    return JsonResponse({'name': request.user.get_full_name(), 'email': request.user.email})


pages = [
    path('me', me),
    path('', lambda request: JsonResponse({'signed': 'out'})),
    path('failed', lambda request: HttpResponse('the library refused the login', status=400)),
]
