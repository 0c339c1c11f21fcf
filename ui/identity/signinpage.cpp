#include "identity/signinpage.h"

#include "common/icons.h"
#include "common/noticebar.h"
#include "common/theme.h"

#include <QFrame>
#include <QHBoxLayout>
#include <QKeyEvent>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QSettings>
#include <QStackedWidget>
#include <QVBoxLayout>

namespace parterre::ui {

using namespace Qt::StringLiterals;

namespace {

QLineEdit *addField(QVBoxLayout *layout, const QString &caption, const QString &objectName, QWidget *parent)
{
    auto *edit = new QLineEdit(parent);
    edit->setObjectName(objectName);
    edit->setMinimumHeight(metrics::controlHeight);
    auto *label = new QLabel(caption, parent);
    label->setBuddy(edit);
    layout->addWidget(label);
    layout->addWidget(edit);
    layout->addSpacing(metrics::tight);
    return edit;
}

QPushButton *addButton(QVBoxLayout *layout, const QString &text, const QString &objectName, QWidget *parent)
{
    auto *button = new QPushButton(text, parent);
    button->setObjectName(objectName);
    button->setProperty("primary", true);
    button->setMinimumHeight(44);
    layout->addSpacing(metrics::small);
    layout->addWidget(button);
    return button;
}

} // namespace

SignInPage::SignInPage(SessionPort &session, QWidget *parent)
    : QWidget(parent)
    , m_session(session)
    , m_stack(new QStackedWidget(this))
    , m_notice(new NoticeBar(this))
{
    setObjectName(u"signInPage"_s);
    auto *card = new QFrame(this);
    card->setProperty("card", true);
    card->setFixedWidth(420);
    m_logo = new QLabel(card);
    m_logo->setAlignment(Qt::AlignCenter);
    drawLogo();
    auto *title = new QLabel(u"Parterre"_s, card);
    title->setFont(headingFont());
    title->setAlignment(Qt::AlignCenter);
    m_notice->setObjectName(u"signInNotice"_s);
    m_stack->addWidget(makeSignIn());
    m_stack->addWidget(makeNewPassword());
    auto *inner = new QVBoxLayout(card);
    inner->setContentsMargins(32, 28, 32, 28);
    inner->setSpacing(metrics::small);
    inner->addWidget(m_logo);
    inner->addWidget(title);
    inner->addSpacing(metrics::small);
    inner->addWidget(m_notice);
    inner->addWidget(m_stack);
    auto *layout = new QVBoxLayout(this);
    layout->addStretch();
    layout->addWidget(card, 0, Qt::AlignHCenter);
    layout->addStretch();
    const QSettings settings;
    m_server->setText(settings.value(u"signIn/server"_s, u"ws://127.0.0.1:8420"_s).toString());
    m_user->setText(settings.value(u"signIn/user"_s).toString());
}

QWidget *SignInPage::makeSignIn()
{
    auto *page = new QWidget(this);
    auto *layout = new QVBoxLayout(page);
    layout->setContentsMargins(0, 0, 0, 0);
    m_server = addField(layout, tr("&Server"), u"signInServer"_s, page);
    m_user = addField(layout, tr("&User name"), u"signInUser"_s, page);
    m_password = addField(layout, tr("&Password"), u"signInPassword"_s, page);
    m_password->setEchoMode(QLineEdit::Password);
    m_password->setMaxLength(limits::passwordCharactersMax);
    m_password->installEventFilter(this);
    m_capsHint = new QLabel(tr("Caps Lock seems to be on."), page);
    m_capsHint->setObjectName(u"signInCapsHint"_s);
    m_capsHint->setProperty("muted", true);
    m_capsHint->hide();
    layout->addWidget(m_capsHint);
    m_signIn = addButton(layout, tr("Sign in"), u"signInButton"_s, page);
    connect(m_signIn, &QPushButton::clicked, this, &SignInPage::signIn);
    for (QLineEdit *edit : {m_server, m_user, m_password})
        connect(edit, &QLineEdit::returnPressed, this, &SignInPage::signIn);
    return page;
}

QWidget *SignInPage::makeNewPassword()
{
    auto *page = new QWidget(this);
    auto *layout = new QVBoxLayout(page);
    layout->setContentsMargins(0, 0, 0, 0);
    auto *why = new QLabel(tr("Choose your own password before you go on. It needs at least %1 characters; a sentence "
                              "is easy to remember.")
                               .arg(limits::passwordCharactersMin),
                           page);
    why->setWordWrap(true);
    why->setProperty("muted", true);
    layout->addWidget(why);
    layout->addSpacing(metrics::small);
    m_new = addField(layout, tr("&New password"), u"newPassword"_s, page);
    m_again = addField(layout, tr("New password, &again"), u"newPasswordAgain"_s, page);
    for (QLineEdit *edit : {m_new, m_again}) {
        edit->setEchoMode(QLineEdit::Password);
        edit->setMaxLength(limits::passwordCharactersMax);
        connect(edit, &QLineEdit::returnPressed, this, &SignInPage::changePassword);
    }
    m_change = addButton(layout, tr("Change password"), u"changePasswordButton"_s, page);
    connect(m_change, &QPushButton::clicked, this, &SignInPage::changePassword);
    layout->addStretch();
    return page;
}

void SignInPage::setServerAndUser(const QUrl &server, const QString &user)
{
    if (!server.isEmpty())
        m_server->setText(server.toString());
    if (!user.isEmpty())
        m_user->setText(user);
}

void SignInPage::showReason(const QString &reason)
{
    if (!reason.isEmpty())
        m_notice->showNotice(NoticeKind::Info, reason);
}

void SignInPage::reset()
{
    m_password->clear();
    m_new->clear();
    m_again->clear();
    m_stack->setCurrentIndex(0);
    setBusy(false);
}

void SignInPage::signIn()
{
    const QUrl server = QUrl::fromUserInput(m_server->text().trimmed());
    if (!server.isValid() || (server.scheme() != u"ws"_s && server.scheme() != u"wss"_s) || server.host().isEmpty()) {
        m_notice->showNotice(NoticeKind::Error, tr("The server's address must look like ws://boxoffice:8420."));
        m_server->setFocus();
        return;
    }
    if (m_user->text().trimmed().isEmpty() || m_password->text().isEmpty()) {
        const bool hasUser = !m_user->text().trimmed().isEmpty();
        m_notice->showNotice(NoticeKind::Error, hasUser ? tr("Type your password.") : tr("Type your user name."));
        (hasUser ? m_password : m_user)->setFocus();
        return;
    }
    m_notice->clear();
    setBusy(true);
    const QString user = m_user->text().trimmed().toLower();
    m_session.signIn(server, user, m_password->text(),
                     guarded<UserView>(this, [this, server, user](const Result<UserView> &who) {
                         setBusy(false);
                         if (!who) {
                             m_notice->showNotice(NoticeKind::Error, who.error().message);
                             m_password->selectAll();
                             m_password->setFocus();
                             return;
                         }
                         QSettings settings;
                         settings.setValue(u"signIn/server"_s, server.toString());
                         settings.setValue(u"signIn/user"_s, user);
                         if (who->mustChangePassword) {
                             m_stack->setCurrentIndex(1);
                             m_new->setFocus();
                             return;
                         }
                         m_password->clear();
                         Q_EMIT finished();
                     }));
}

void SignInPage::changePassword()
{
    if (m_new->text() != m_again->text()) {
        m_notice->showNotice(NoticeKind::Error, tr("The two passwords are not the same. Type both again."));
        m_new->clear();
        m_again->clear();
        m_new->setFocus();
        return;
    }
    const auto user = m_session.user();
    if (const Status sound = checkNewPassword(m_new->text(), user ? user->name : QString()); !sound) {
        m_notice->showNotice(NoticeKind::Error, sound.error().message);
        m_new->setFocus();
        return;
    }
    setBusy(true);
    m_session.changePassword(m_password->text(), m_new->text(),
                             guarded<UserView>(this, [this](const Result<UserView> &who) {
                                 setBusy(false);
                                 if (!who)
                                     return m_notice->showNotice(NoticeKind::Error, who.error().message);
                                 m_notice->clear();
                                 reset();
                                 Q_EMIT finished();
                             }));
}

void SignInPage::setBusy(bool busy)
{
    m_signIn->setEnabled(!busy);
    m_change->setEnabled(!busy);
    m_signIn->setText(busy ? tr("Signing in…") : tr("Sign in"));
}

bool SignInPage::eventFilter(QObject *watched, QEvent *event)
{
    // Qt does not tell the state of Caps Lock; a capital without Shift gives it away.
    if (watched == m_password && event->type() == QEvent::KeyPress) {
        const auto *key = static_cast<QKeyEvent *>(event);
        if (key->text().size() == 1 && key->text().at(0).isLetter())
            m_capsHint->setVisible(key->text().at(0).isUpper() != key->modifiers().testFlag(Qt::ShiftModifier));
    }
    return QWidget::eventFilter(watched, event);
}

void SignInPage::drawLogo()
{
    m_logo->setPixmap(iconPixmap(u"theatre"_s, Theme::of(this).accent, metrics::iconHuge, devicePixelRatioF()));
}

void SignInPage::changeEvent(QEvent *event)
{
    QWidget::changeEvent(event);
    if (event->type() == QEvent::PaletteChange)
        drawLogo();
}

void SignInPage::showEvent(QShowEvent *event)
{
    QWidget::showEvent(event);
    (m_user->text().isEmpty() ? m_user : m_password)->setFocus();
}

} // namespace parterre::ui
