@echo off
rem Runs the command from a clone: builds the Release version on first use and whenever a source file has changed, then
rem hands over to it. Needs the .NET 10 SDK and nothing else. On Linux and macOS: recurant.
setlocal
set "root=%~dp0"
set "out=%root%artifacts\cli"
set "new=%root%artifacts\cli.new"
set "log=%root%artifacts\build.log"

where dotnet >nul 2>nul
if errorlevel 1 (
    echo recurant: dotnet is missing. Install the .NET 10 SDK: https://dotnet.microsoft.com/download 1>&2
    exit /b 1
)

if not exist "%out%\.built" goto build
powershell -NoProfile -Command "$built = (Get-Item -Force $env:out\.built).LastWriteTimeUtc; $newer = Get-ChildItem -Recurse -File $env:root\src, $env:root\samples, $env:root\Directory.*.props | Where-Object { $_.LastWriteTimeUtc -gt $built -and $_.FullName -notmatch '[\\/](bin|obj)[\\/]' } | Select-Object -First 1; if ($newer) { exit 1 }"
if not errorlevel 1 goto run

:build
echo recurant: building the Release version (only when the sources have changed) 1>&2
if not exist "%root%artifacts" mkdir "%root%artifacts"
if exist "%new%" rmdir /s /q "%new%"
dotnet publish "%root%src\Recurant.Cli" -c Release --use-current-runtime --self-contained false -p:PublishReadyToRun=true -o "%new%" --nologo -v quiet >"%log%" 2>&1
if errorlevel 1 (
    if exist "%new%" rmdir /s /q "%new%"
    dotnet publish "%root%src\Recurant.Cli" -c Release -o "%new%" --nologo -v quiet >"%log%" 2>&1
    if errorlevel 1 (
        findstr /c:"error" "%log%" 1>&2
        echo recurant: the build failed; all of its output is in %log% 1>&2
        exit /b 1
    )
)
if exist "%out%" rmdir /s /q "%out%"
move "%new%" "%out%" >nul
echo built >"%out%\.built"

:run
dotnet "%out%\Recurant.Cli.dll" %*
exit /b %errorlevel%
