from django.http import HttpResponse
from django.middleware.csrf import get_token
from django.urls import include, path

from django_project import pages


def login(request):
    """A button of an application: the library starts a login by POST only."""
    token = f'<input name="csrfmiddlewaretoken" value="{get_token(request)}">'
    return HttpResponse(f'<form method="post" action="/login/oidc/">{token}</form><script>document.forms[0].submit()</script>')


urlpatterns = [*pages, path('login', login), path('', include('social_django.urls'))]
