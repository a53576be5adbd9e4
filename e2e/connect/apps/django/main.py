from django_project import start

start()
