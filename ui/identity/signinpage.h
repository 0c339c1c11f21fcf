#pragma once

#include "ports/sessionport.h"

#include <QWidget>

class QLabel;
class QLineEdit;
class QPushButton;
class QStackedWidget;

namespace parterre::ui {

class NoticeBar;

/// Sign-in, and the change of a password that must be changed. Remembers server and user, never the password.
class SignInPage : public QWidget
{
    Q_OBJECT

public:
    explicit SignInPage(SessionPort &session, QWidget *parent = nullptr);

    void setServerAndUser(const QUrl &server, const QString &user);
    void showReason(const QString &reason); ///< Why the last session ended.
    void reset();

Q_SIGNALS:
    void finished(); ///< Signed in, with a password that may stay.

protected:
    bool eventFilter(QObject *watched, QEvent *event) override;
    void showEvent(QShowEvent *event) override;
    void changeEvent(QEvent *event) override;

private:
    QWidget *makeSignIn();
    QWidget *makeNewPassword();
    void signIn();
    void changePassword();
    void setBusy(bool busy);
    void drawLogo();

    SessionPort &m_session;
    QLabel *m_logo = nullptr;
    QStackedWidget *m_stack;
    NoticeBar *m_notice;
    QLineEdit *m_server;
    QLineEdit *m_user;
    QLineEdit *m_password;
    QLabel *m_capsHint;
    QPushButton *m_signIn;
    QLineEdit *m_new;
    QLineEdit *m_again;
    QPushButton *m_change;
};

} // namespace parterre::ui
