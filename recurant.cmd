@echo off
rem Runs the command from a clone: builds the Release version on first use and whenever a source file has changed, then
rem hands over to it. Needs the .NET 10 SDK and nothing else. On Linux and macOS: recurant.
setlocal
set "RECURANT_CALLED_AS=%~0"
set "root=%~dp0"
set "out=%root%artifacts\cli"
set "new=%root%artifacts\cli.new"

where dotnet >nul 2>nul
if errorlevel 1 (
    echo recurant: dotnet is missing. Install the .NET 10 SDK: https://dotnet.microsoft.com/download 1>&2
    exit /b 1
)

if not exist "%out%\.built" goto build
powershell -NoProfile -Command "$built = (Get-Item -Force $env:out\.built).LastWriteTimeUtc; $newer = Get-ChildItem -Recurse -File $env:root\src, $env:root\samples, $env:root\Directory.*.props, $env:root\global.json | Where-Object { $_.LastWriteTimeUtc -gt $built -and $_.FullName -notmatch '[\\/](bin|obj)[\\/]' } | Select-Object -First 1; if ($newer) { exit 1 }"
if not errorlevel 1 goto run

:build
echo recurant: building the Release version; this is done again only when the sources change 1>&2
set "DOTNET_CLI_TELEMETRY_OPTOUT=1"
set "DOTNET_NOLOGO=1"
if not exist "%root%artifacts" mkdir "%root%artifacts"
if exist "%new%" rmdir /s /q "%new%"
rem In the clone: the global.json of the caller's directory may ask for another SDK. The output names each part when it is done.
pushd "%root%"
echo recurant: restoring packages and compiling 1>&2
dotnet publish "%root%src\Recurant.Cli" -c Release --use-current-runtime --self-contained false -p:PublishReadyToRun=true -o "%new%" --nologo -v minimal -tl:off 1>&2
if errorlevel 1 (
    echo recurant: that did not work; once more without machine code 1>&2
    if exist "%new%" rmdir /s /q "%new%"
    dotnet publish "%root%src\Recurant.Cli" -c Release -o "%new%" --nologo -v minimal -tl:off 1>&2
    if errorlevel 1 (
        echo recurant: the build failed, as told above 1>&2
        popd
        exit /b 1
    )
)
popd
if exist "%out%" rmdir /s /q "%out%"
move "%new%" "%out%" >nul
echo built >"%out%\.built"

:run
dotnet "%out%\Recurant.Cli.dll" %*
exit /b %errorlevel%
