<# : batch portion
@echo off
rem Runs Maven, in the version that .mvn\wrapper\maven-wrapper.properties pins. It takes, in this order:
rem   1. the pinned version, from its cache under %USERPROFILE%\.m2\wrapper\dists (MAVEN_USER_HOME overrides .m2);
rem   2. an installed mvn of that version or newer;
rem   3. the pinned version, downloaded from MVNW_REPOURL or from the first mirror in settings.xml, its SHA-512 checked;
rem   4. an installed mvn of at least 3.8.6, and says so.
rem PowerShell makes the choice and prints the path of the command to run; its messages go to stderr.
setlocal
set "MVNW_SELF=%~f0"
set "MVNW_MVN="
for /f "usebackq delims=" %%M in (`powershell -NoProfile -ExecutionPolicy Bypass -Command "Invoke-Expression (Get-Content -Raw -LiteralPath $env:MVNW_SELF)"`) do set "MVNW_MVN=%%M"
if not defined MVNW_MVN exit /b 1
"%MVNW_MVN%" %*
exit /b %ERRORLEVEL%
: end of the batch portion #>

$ErrorActionPreference = 'Stop'
$oldest = '3.8.6'

function Say($text) { [Console]::Error.WriteLine("mvnw: $text") }

function Fail($text) {
  Say $text
  exit 1
}

$properties = Join-Path (Split-Path -Parent $env:MVNW_SELF) '.mvn\wrapper\maven-wrapper.properties'
if (-not (Test-Path -LiteralPath $properties)) {
  Fail "$properties is missing; restore it with: git checkout -- .mvn"
}
$property = @{}
foreach ($line in Get-Content -LiteralPath $properties) {
  if ($line -match '^([^#=]+)=(.*)$') { $property[$Matches[1].Trim()] = $Matches[2].Trim() }
}
$wanted = $property['mavenVersion']
$userHome = $env:MAVEN_USER_HOME
if (-not $userHome) { $userHome = Join-Path $env:USERPROFILE '.m2' }
$dists = Join-Path $userHome 'wrapper\dists'
$cached = Join-Path $dists "apache-maven-$wanted"
$cachedMvn = Join-Path $cached 'bin\mvn.cmd'

# The numbers of a version, without a qualifier such as -rc-1.
function Get-Numbers($version) { [version]($version -replace '-.*$', '') }

# The version of an mvn; empty when it does not run.
function Get-InstalledVersion($mvn) {
  # What Java writes to stderr must not end the script.
  $ErrorActionPreference = 'Continue'
  $text = (& $mvn --version 2>$null) -join "`n"
  if ($text -match 'Apache Maven (\d+\.\d+\.\d+)') { $Matches[1] } else { '' }
}

# The URL of the first mirror of the user's settings.xml that stands for Maven Central.
function Get-Mirror {
  $file = Join-Path $userHome 'settings.xml'
  if (-not (Test-Path -LiteralPath $file)) { return '' }
  $settings = New-Object System.Xml.XmlDocument
  $settings.Load($file)
  foreach ($mirror in $settings.settings.mirrors.mirror) {
    if ($mirror.mirrorOf -match '\*|central') { return ([string]$mirror.url).Trim() }
  }
  return ''
}

function Get-Sha512($file) {
  $stream = [IO.File]::OpenRead($file)
  try {
    $bytes = [Security.Cryptography.SHA512]::Create().ComputeHash($stream)
  } finally {
    $stream.Close()
  }
  ([BitConverter]::ToString($bytes) -replace '-', '').ToLowerInvariant()
}

# False when it cannot be downloaded; ends the script when what came is not what is pinned.
function Install-Maven($repository) {
  $url = $repository.TrimEnd('/') + '/' + $property['distributionPath']
  $work = Join-Path $dists ('download.' + [Guid]::NewGuid().ToString('N'))
  New-Item -ItemType Directory -Force -Path $work | Out-Null
  try {
    $archive = Join-Path $work 'maven.tar.gz'
    Say "downloading Maven $wanted"
    try {
      [Net.ServicePointManager]::SecurityProtocol = [Net.ServicePointManager]::SecurityProtocol -bor [Net.SecurityProtocolType]::Tls12
      (New-Object Net.WebClient).DownloadFile($url, $archive)
    } catch {
      return $false
    }
    $found = Get-Sha512 $archive
    $pinned = $property['distributionSha512Sum']
    if ($found -ne $pinned) {
      Fail "what $url answered has the SHA-512 $found, but $pinned is pinned in $properties"
    }
    # The tar of Windows: that of Git takes the drive's letter for a host.
    & (Join-Path $env:SystemRoot 'System32\tar.exe') -xzf $archive -C $work
    if ($LASTEXITCODE -ne 0) { return $false }
    # Another mvnw may have been faster; its copy is as good.
    try { Move-Item -LiteralPath (Join-Path $work "apache-maven-$wanted") -Destination $cached } catch { }
    return (Test-Path -LiteralPath $cachedMvn)
  } finally {
    Remove-Item -LiteralPath $work -Recurse -Force -ErrorAction SilentlyContinue
  }
}

if (Test-Path -LiteralPath $cachedMvn) {
  $cachedMvn
  exit 0
}

$installed = ''
$command = Get-Command mvn -CommandType Application -ErrorAction SilentlyContinue | Select-Object -First 1
if ($command) { $installed = Get-InstalledVersion $command.Path }
if ($installed -and (Get-Numbers $installed) -ge (Get-Numbers $wanted)) {
  $command.Path
  exit 0
}

$repository = $env:MVNW_REPOURL
if (-not $repository) { $repository = Get-Mirror }
if (-not $repository) {
  $why = "neither MVNW_REPOURL nor a mirror in $userHome\settings.xml says where to download Maven $wanted from"
} elseif (Install-Maven $repository) {
  $cachedMvn
  exit 0
} else {
  $why = "Maven $wanted could not be downloaded from $repository"
}

if ($installed -and (Get-Numbers $installed) -ge (Get-Numbers $oldest)) {
  Say "using the installed Maven $installed ($why)"
  $command.Path
  exit 0
}
Say "$why,"
if ($installed) {
  Say "and the installed Maven $installed is older than $oldest."
} else {
  Say 'and no mvn is on the PATH.'
}
Fail "Install Maven $oldest or newer, or set MVNW_REPOURL to a Maven repository's base URL."
